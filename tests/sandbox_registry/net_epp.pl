# Debian's Net::EPP::Simple against the sandbox registry: a client that nobody here wrote.
# Arguments: address, port, CA, certificate, key. Prints TAP; the exit status tells.
use strict;
use warnings;
use Test::More;
use Net::EPP::Simple;
use Net::EPP::Frame;

my ($server, $port, $ca, $certificate, $key) = @ARGV;

sub connect_as {
    my ($user, $password) = @_;
    return Net::EPP::Simple->new(
        host => $server, port => $port, user => $user, pass => $password, verify => 1, ca_file => $ca,
        cert => $certificate, key => $key, load_config => 0, reconnect => 0, timeout => 30,
    );
}

sub code { return $Net::EPP::Simple::Code }

ok(!defined connect_as('ours', 'secret-9'), 'a wrong password is refused');
is(code(), 2200, '... as an authentication error');
my $ours = connect_as('ours', 'secret-1') or BAIL_OUT("no session: $Net::EPP::Simple::Error");
my $theirs = connect_as('theirs', 'secret-2') or BAIL_OUT("no session: $Net::EPP::Simple::Error");

my %contact = (
    id         => 'c-1',
    postalInfo => {
        int => {
            name => 'Ada Lovelace', org => 'Org',
            addr => { street => ['Street 1'], city => 'Berlin', sp => 'BE', pc => '10115', cc => 'DE' },
        },
    },
    voice => '+49.301234567', fax => '', email => 'ada@example.test', authInfo => 'auth-c',
);
is($ours->check_contact('c-1'), 1, 'the contact is free');
ok($ours->create_contact(\%contact), 'it is created') or diag($Net::EPP::Simple::Error);
is($ours->check_contact('c-1'), 0, 'then it is taken');
my $who = $ours->contact_info('c-1');
is($who->{postalInfo}{int}{name}, 'Ada Lovelace', 'and can be read');
is($who->{email}, 'ada@example.test', '... whole');

my %domain = (
    name => 'a.test', period => 2, registrant => 'c-1', authInfo => 'auth-1',
    contacts => { admin => 'c-1', tech => 'c-1', billing => 'c-1' },
);
is($ours->check_domain('a.test'), 1, 'the domain is free');
ok(!$ours->create_domain({ %domain, ns => ['ns1.a.test'] }), 'no delegation without host objects');
is(code(), 2303, '... as something that does not exist');
ok($ours->create_domain(\%domain), 'the domain is created') or diag($Net::EPP::Simple::Error);
is($ours->check_domain('a.test'), 0, 'then it is taken');
ok(!$ours->create_domain(\%domain), 'and not created again');
is(code(), 2302, '... as something that exists');

is($ours->check_host('ns1.a.test'), 1, 'the host is free');
ok(!$ours->create_host({ name => 'ns1.a.test', addrs => [] }), 'no host in bailiwick without glue');
is(code(), 2003, '... as a parameter that is missing');
my @addresses = ({ ip => '192.0.2.1', version => 'v4' }, { ip => '2001:db8::1', version => 'v6' });
ok($ours->create_host({ name => 'ns1.a.test', addrs => \@addresses }), 'the host is created');
ok($ours->create_host({ name => 'ns1.example.net', addrs => [] }), 'so is one elsewhere');
my $host = $ours->host_info('ns1.a.test');
is_deeply([sort map { $_->{addr} } @{ $host->{addrs} }], ['192.0.2.1', '2001:db8::1'], 'its addresses are read');

ok($ours->update_domain({
    name => 'a.test',
    add => { ns => ['ns1.a.test', 'ns1.example.net'], status => ['clientTransferProhibited'] },
    chg => { authInfo => 'auth-2' },
}), 'the domain is updated') or diag($Net::EPP::Simple::Error);
my $info = $ours->domain_info('a.test');
is_deeply([sort @{ $info->{ns} }], ['ns1.a.test', 'ns1.example.net'], 'its nameservers are read');
is($info->{authInfo}, 'auth-2', '... and its authInfo');
is($info->{registrant}, 'c-1', '... and its registrant');
ok((grep { $_ eq 'clientTransferProhibited' } @{ $info->{status} }), '... and its lock');
ok(!$ours->delete_host('ns1.example.net'), 'a host that is used is not deleted');
is(code(), 2305, '... as something associated');
ok($ours->update_host({
    name => 'ns1.a.test',
    add => { addrs => [{ ip => '192.0.2.2', version => 'v4' }] },
    rem => { addrs => [{ ip => '192.0.2.1', version => 'v4' }] },
}), 'the host is updated') or diag($Net::EPP::Simple::Error);
$host = $ours->host_info('ns1.a.test');
is_deeply([sort map { $_->{addr} } @{ $host->{addrs} }], ['192.0.2.2', '2001:db8::1'], '... by the difference');

my $expires = substr($info->{exDate}, 0, 10);
ok($ours->renew_domain({ name => 'a.test', cur_exp_date => $expires, period => 1 }), 'the domain is renewed')
    or diag($Net::EPP::Simple::Error);
ok(!$ours->renew_domain({ name => 'a.test', cur_exp_date => $expires, period => 1 }), 'and not twice');
is(substr($ours->domain_info('a.test')->{exDate}, 0, 4), substr($expires, 0, 4) + 1, '... for a year');

ok(!$theirs->domain_transfer_request('a.test', 'auth-2', 1), 'a locked domain is not transferred');
is(code(), 2304, '... as its status prohibits');
ok($ours->update_domain({ name => 'a.test', rem => { status => ['clientTransferProhibited'] } }), 'it is unlocked');
ok(!$theirs->domain_transfer_request('a.test', 'wrong', 1), 'nor with a wrong authInfo');
is(code(), 2202, '... as that');
my $transfer = $theirs->domain_transfer_request('a.test', 'auth-2', 1);
is($transfer->{trStatus}, 'pending', 'with the right one it is pending');

my $poll = $ours->request(Net::EPP::Frame::Command::Poll::Req->new);
is($poll->code, 1301, 'a message waits');
my ($queue) = $poll->getElementsByLocalName('msgQ');
is($queue->getAttribute('count'), 1, '... one');
like($poll->toString, qr/trnData/, '... about the transfer');
my $ack = Net::EPP::Frame::Command::Poll::Ack->new;
$ack->setMsgID($queue->getAttribute('id'));
is($ours->request($ack)->code, 1000, 'it is acknowledged');
is($ours->request(Net::EPP::Frame::Command::Poll::Req->new)->code, 1300, 'then none waits');
ok($ours->domain_transfer_approve('a.test'), 'the transfer is approved') or diag($Net::EPP::Simple::Error);
is($theirs->domain_info('a.test')->{clID}, 'theirs', 'then it is theirs');

ok(!$ours->delete_domain('a.test'), 'what is not ours is not deleted');
is(code(), 2201, '... as an authorization error');
ok($theirs->delete_domain('a.test'), 'who has it deletes it') or diag($Net::EPP::Simple::Error);
ok(!defined $theirs->domain_info('a.test'), 'then it is gone');
is(code(), 2303, '... as something that does not exist');
ok($ours->delete_host('ns1.example.net'), 'the host is deleted');
ok($ours->delete_contact('c-1'), 'so is the contact');
ok($ours->logout, 'and the session ends');
done_testing();
