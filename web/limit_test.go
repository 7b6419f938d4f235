package web

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/essaim/essaim/web/page"
)

func TestOneNetworkContributesSoOftenAndNoMore(t *testing.T) {
	allow := perNetwork(Config{ContributionsPerHour: 30})
	from := func(address string) bool {
		r := httptest.NewRequest(http.MethodPost, "/", nil)
		r.RemoteAddr = address
		return allow(r, page.Contribute)
	}
	for i := range 30 {
		if !from([]string{"192.0.2.1:1", "192.0.2.200:7"}[i%2]) {
			t.Fatalf("contribution %d was refused", i+1)
		}
	}
	for address, want := range map[string]bool{
		"192.0.2.77:1": false, "192.0.3.1:1": true, "[2001:db8:1:2::3]:1": true,
	} {
		if got := from(address); got != want {
			t.Errorf("%s: got %v, want %v", address, got, want)
		}
	}
	for range 29 {
		from("[2001:db8:1:ffff::3]:1")
	}
	if from("[2001:db8:1:7::3]:1") || !from("[2001:db8:2::3]:1") {
		t.Error("a /48 is not one network")
	}
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	r.RemoteAddr = "192.0.2.77:1"
	if !allow(r, page.Write) {
		t.Error("who contributed much may write to nobody")
	}
	if unlimited := perNetwork(Config{}); !unlimited(r, page.Contribute) {
		t.Error("no limit refuses")
	}
}

func TestNetworkOfAnAddress(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.77": "192.0.2.0/24", "2001:db8:1:2::/64": "2001:db8:1::/48", "@": "@", "": "",
	} {
		if got := networkOf(address); got != want {
			t.Errorf("%q: got %q, want %q", address, got, want)
		}
	}
}
