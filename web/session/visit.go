package session

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// visit is what is to be known of one request beside its session.
type visit struct {
	device  string // as deviceOf says
	network string // as NetworkOf says
	known   string // the secret of the cookie by which a browser is known again; may be empty
	header  http.Header
}

type visitKey struct{}

func (m *Manager) visitOf(w http.ResponseWriter, r *http.Request) *visit {
	v := &visit{device: deviceOf(r.UserAgent()), network: NetworkOf(m.Address(r)), header: w.Header()}
	if c, err := r.Cookie(m.deviceCookie()); err == nil {
		v.known = c.Value
	}
	return v
}

// visitIn is the visit of a request below Middleware, else an empty one.
func visitIn(ctx context.Context) *visit {
	if v, ok := ctx.Value(visitKey{}).(*visit); ok {
		return v
	}
	return &visit{header: http.Header{}}
}

// NetworkOf is the network of an address, as one household, office or village has
// it: a /24, of IPv6 a /48. The address may have a port, or be a network already.
// Empty when it is neither.
func NetworkOf(address string) string {
	host, _, _ := strings.Cut(address, "/")
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return ""
	}
	addr = addr.Unmap().WithZone("")
	bits := 24
	if addr.Is6() {
		bits = 48
	}
	return netip.PrefixFrom(addr, bits).Masked().String()
}

// What browsers and systems call themselves in their User-Agent, the more special
// name before the one it claims to be.
var (
	browsers = [][2]string{
		{"Edg", "Edge"},
		{"OPR/", "Opera"},
		{"Vivaldi/", "Vivaldi"},
		{"SamsungBrowser/", "Samsung Internet"},
		{"Firefox/", "Firefox"},
		{"FxiOS/", "Firefox"},
		{"CriOS/", "Chrome"},
		{"Chrome/", "Chrome"},
		{"Safari/", "Safari"},
		{"curl/", "curl"},
	}
	systems = [][2]string{
		{"Android", "Android"},
		{"iPhone", "iPhone"},
		{"iPad", "iPad"},
		{"Windows", "Windows"},
		{"CrOS", "ChromeOS"},
		{"Macintosh", "macOS"},
		{"Linux", "Linux"},
	}
)

// deviceOf is a browser in the words of its owner, such as "Firefox, Windows", and
// nothing that would tell two such browsers apart. Empty: not known.
func deviceOf(agent string) string {
	var words []string
	for _, list := range [][][2]string{browsers, systems} {
		for _, x := range list {
			if strings.Contains(agent, x[0]) {
				words = append(words, x[1])
				break
			}
		}
	}
	return strings.Join(words, ", ")
}
