# Registers a domain at a thick TLD of the sandbox registry, with glue for its nameservers, by Net::EPP::Simple.
# Arguments: address, port, CA, certificate, key, domain, then host and address of each nameserver.
use strict;
use warnings;
use Net::EPP::Simple;

my ($server, $port, $ca, $certificate, $key, $domain, %hosts) = @ARGV;

sub must {
    my ($done, $what) = @_;
    die "$what: $Net::EPP::Simple::Error\n" unless $done;
}

my $epp = Net::EPP::Simple->new(
    host => $server, port => $port, user => 'ours', pass => 'secret-1', verify => 1, ca_file => $ca,
    cert => $certificate, key => $key, load_config => 0, reconnect => 0, timeout => 30,
);
must($epp, 'login');
if ($epp->check_contact('c-1')) {
    must($epp->create_contact({
        id => 'c-1', voice => '', fax => '', email => 'ada@example.test', authInfo => 'auth-c',
        postalInfo => { int => { name => 'Ada', org => 'Org', addr => {
            street => ['Street 1'], city => 'Berlin', sp => 'BE', pc => '10115', cc => 'DE' } } },
    }), 'contact');
}
must($epp->create_domain({
    name => $domain, period => 1, registrant => 'c-1', authInfo => 'auth-1',
    contacts => { admin => 'c-1', tech => 'c-1', billing => 'c-1' },
}), 'domain');
for my $host (sort keys %hosts) {
    must($epp->create_host({ name => $host, addrs => [{ ip => $hosts{$host}, version => 'v4' }] }), $host);
}
must($epp->update_domain({ name => $domain, add => { ns => [sort keys %hosts] } }), 'nameservers');
$epp->logout;
