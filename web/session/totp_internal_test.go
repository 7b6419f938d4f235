package session

import (
	"testing"
	"time"
)

// TestCodesAreThoseOfRFC6238 has the last six digits of its appendix B.
func TestCodesAreThoseOfRFC6238(t *testing.T) {
	secret := []byte("12345678901234567890")
	for at, want := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		if got := totpCode(secret, at/30); got != want {
			t.Errorf("at %d: got %s, want %s", at, got, want)
		}
	}
}

func TestCodeWorksOnceAndForAMinute(t *testing.T) {
	secret, now := NewTOTPSecret(), time.Unix(1_800_000_000, 0)
	code := totpCode(secret, now.Unix()/30)
	step, ok := checkTOTP(secret, code, 0, now)
	if !ok {
		t.Fatal("the code of now is refused")
	}
	if _, ok := checkTOTP(secret, code, step, now); ok {
		t.Error("a code works twice")
	}
	for ahead, want := range map[time.Duration]bool{-30 * time.Second: true, 30 * time.Second: true, -time.Minute: false, time.Minute: false} {
		if _, ok := checkTOTP(secret, code, 0, now.Add(ahead)); ok != want {
			t.Errorf("%s later: got %v", ahead, ok)
		}
	}
	for _, odd := range []string{"", "0", code + "0", " "} {
		if _, ok := checkTOTP(secret, odd, 0, now); ok {
			t.Errorf("%q is taken", odd)
		}
	}
}
