"""Tests of broken disks, and the crash loop."""
