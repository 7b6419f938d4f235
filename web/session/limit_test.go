package session_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/essaim/essaim/web/session"
	"github.com/essaim/essaim/web/webtest"
)

func TestTooManyWrongPasswords(t *testing.T) {
	n := webtest.New(t)
	var ahead time.Duration
	clock := n.At(t, func() time.Time { return time.Now().Add(ahead) })
	m := session.New(clock, session.Config{BaseURL: webtest.BaseURL, Limit: 3})
	try := func(login, password, address string) error {
		_, err := signIn(t, m, nil, session.Credentials{Login: login, Password: password, Address: address})
		return err
	}
	for range 3 {
		if err := try("maelle", "wrong", "192.0.2.1:1000"); !errors.Is(err, session.ErrCredentials) {
			t.Fatalf("got %v, want ErrCredentials", err)
		}
	}
	var limited *session.Limited
	if err := try("maelle", webtest.Password, "192.0.2.1:2000"); !errors.As(err, &limited) || limited.RetryAfter <= 0 || limited.RetryAfter > 5*time.Minute {
		t.Errorf("the same address: got %v, want Limited", err)
	}
	if err := try("yann", "wrong", "192.0.2.1:3000"); !errors.As(err, &limited) {
		t.Errorf("another account from the same address: got %v, want Limited", err)
	}
	if err := try("maelle", webtest.Password, "198.51.100.7:1"); err != nil {
		t.Errorf("the owner elsewhere: got %v, want no error", err)
	}
	if err := try("maelle", "wrong", "203.0.113.5:1"); !errors.Is(err, session.ErrCredentials) {
		t.Errorf("first try of an address: got %v, want ErrCredentials", err)
	}
	if err := try("maelle", "wrong", "203.0.113.5:1"); !errors.As(err, &limited) {
		t.Errorf("its second try: got %v, want Limited", err)
	}
	ahead = 5*time.Minute + time.Second
	if err := try("maelle", webtest.Password, "192.0.2.1:1000"); err != nil {
		t.Errorf("five minutes later: got %v, want no error", err)
	}
}

func TestOneNetworkIsOneAddress(t *testing.T) {
	m := session.New(webtest.New(t).Store, session.Config{Limit: 1})
	wrong := session.Credentials{Login: "yann", Password: "wrong", Address: "[2001:db8::1]:443"}
	if _, err := signIn(t, m, nil, wrong); !errors.Is(err, session.ErrCredentials) {
		t.Fatal(err)
	}
	var limited *session.Limited
	if _, err := signIn(t, m, nil, session.Credentials{Login: "maelle", Password: "wrong", Address: "[2001:db8::2]:443"}); !errors.As(err, &limited) {
		t.Errorf("got %v, want Limited", err)
	}
}

func TestManyAtOnceAreLimitedToo(t *testing.T) {
	m := session.New(webtest.New(t).Store, session.Config{Limit: 5})
	var wg sync.WaitGroup
	var tried atomic.Int32
	for range 40 {
		wg.Go(func() {
			if _, err := signIn(t, m, nil, session.Credentials{Login: "maelle", Password: "wrong", Address: "192.0.2.1"}); errors.Is(err, session.ErrCredentials) {
				tried.Add(1)
			}
		})
	}
	wg.Wait()
	if got := tried.Load(); got != 5 {
		t.Errorf("%d passwords were tried, want 5", got)
	}
}

func TestRightPasswordsAreNotCounted(t *testing.T) {
	m := session.New(webtest.New(t).Store, session.Config{Limit: 1})
	for range 3 {
		if _, err := signIn(t, m, nil, session.Credentials{Login: "maelle", Password: webtest.Password, Address: "192.0.2.1"}); err != nil {
			t.Errorf("got %v, want no error", err)
		}
	}
}

func TestManyAddressesTogetherAreLimited(t *testing.T) {
	m := session.New(webtest.New(t).Store, session.Config{Limit: 1})
	var limited *session.Limited
	for i := range 11 {
		address := "192.0.2." + string(rune('a'+i))
		_, err := signIn(t, m, nil, session.Credentials{Login: "maelle", Password: "wrong", Address: address})
		if got, want := errors.As(err, &limited), i == 10; got != want {
			t.Errorf("address %d: got %v", i+1, err)
		}
	}
}
