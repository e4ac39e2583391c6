package lab

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"strings"
	"sync"
)

// DNS is a name server over UDP that knows the names it was told, and can
// change its mind.
type DNS struct {
	conn *net.UDPConn
	work sync.WaitGroup

	mu    sync.Mutex
	names map[string]Records
	asked map[string]int
}

// Records are the answer for one name. The zero Records are an empty answer:
// the name exists and has no address.
type Records struct {
	Addrs   []netip.Addr // A and AAAA records
	TTL     uint32       // in seconds
	Missing bool         // NXDOMAIN
	Failed  bool         // SERVFAIL
	Silent  bool         // no answer at all
}

// StartDNS listens on a free port of 127.0.0.1. A name it was not told is NXDOMAIN.
func StartDNS(names map[string]Records) (*DNS, error) {
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, err
	}
	d := &DNS{conn: conn, names: map[string]Records{}, asked: map[string]int{}}
	for name, r := range names {
		d.Set(name, r)
	}
	d.work.Go(d.serve)
	return d, nil
}

// Addr is where the server listens: host:port.
func (d *DNS) Addr() string { return d.conn.LocalAddr().String() }

// Set changes what is answered for name from now on.
func (d *DNS) Set(name string, r Records) {
	d.mu.Lock()
	d.names[strings.ToLower(name)] = r
	d.mu.Unlock()
}

// Asked is how many questions for name came so far, of any type.
func (d *DNS) Asked(name string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.asked[strings.ToLower(name)]
}

// Close stops the server.
func (d *DNS) Close() {
	d.conn.Close()
	d.work.Wait()
}

func (d *DNS) serve() {
	buf := make([]byte, 1500)
	for {
		n, from, err := d.conn.ReadFromUDPAddrPort(buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue
		}
		if reply := d.reply(buf[:n]); reply != nil {
			d.conn.WriteToUDPAddrPort(reply, from)
		}
	}
}

// The numbers of RFC 1035 (and 3596 for AAAA) that the answers need.
const (
	dnsHeader   = 12
	dnsA        = 1
	dnsAAAA     = 28
	dnsInternet = 1
	dnsServFail = 2
	dnsNXDomain = 3
)

// reply answers one query, or nil where there is nothing to answer.
func (d *DNS) reply(query []byte) []byte {
	if len(query) < dnsHeader || query[2]&0x80 != 0 || binary.BigEndian.Uint16(query[4:]) != 1 {
		return nil
	}
	name, end, ok := dnsName(query, dnsHeader)
	if !ok || end+4 > len(query) {
		return nil
	}
	kind := binary.BigEndian.Uint16(query[end:])
	question := query[dnsHeader : end+4]

	d.mu.Lock()
	d.asked[name]++
	r, known := d.names[name]
	d.mu.Unlock()
	if r.Silent {
		return nil
	}
	var code byte
	switch {
	case r.Failed:
		code = dnsServFail
	case !known || r.Missing:
		code = dnsNXDomain
	}

	reply := make([]byte, dnsHeader, 512)
	copy(reply, query[:2])
	reply[2] = 0x84 | query[2]&0x01 // an authoritative answer; recursion as wished
	reply[3] = 0x80 | code
	binary.BigEndian.PutUint16(reply[4:], 1)
	reply = append(reply, question...)
	if code == 0 {
		count := 0
		for _, a := range r.Addrs {
			if a.Is4() != (kind == dnsA) || a.Is6() != (kind == dnsAAAA) {
				continue
			}
			reply = append(reply, 0xc0, dnsHeader) // the name is the question's
			reply = binary.BigEndian.AppendUint16(reply, kind)
			reply = binary.BigEndian.AppendUint16(reply, dnsInternet)
			reply = binary.BigEndian.AppendUint32(reply, r.TTL)
			reply = binary.BigEndian.AppendUint16(reply, uint16(len(a.AsSlice())))
			reply = append(reply, a.AsSlice()...)
			count++
		}
		binary.BigEndian.PutUint16(reply[6:], uint16(count))
	}
	return reply
}

// dnsName reads an uncompressed name at i, and where it ends.
func dnsName(p []byte, i int) (name string, end int, ok bool) {
	var labels []string
	for i < len(p) {
		n := int(p[i])
		i++
		if n == 0 {
			return strings.ToLower(strings.Join(labels, ".")), i, true
		}
		if n > 63 || i+n > len(p) {
			return "", 0, false
		}
		labels = append(labels, string(p[i:i+n]))
		i += n
	}
	return "", 0, false
}
