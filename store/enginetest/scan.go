package enginetest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/essaim/essaim/store"
)

func testScanRanges(t *testing.T, e store.Engine) {
	keys := []string{"\x00", "a", "a\x00", "ab", "a\xff", "a\xff\xff", "b", "\xff", "\xff\xff"}
	tests := []struct {
		name     string
		from, to []byte
		want     []string
	}{
		{"everything", nil, nil, keys},
		{"from the empty key", []byte{}, nil, keys},
		{"to the empty key", nil, []byte{}, nil},
		{"prefix", []byte("a"), []byte("b"), keys[1:6]},
		{"from is inside, to is not", []byte("a"), []byte("a\xff"), keys[1:4]},
		{"ends between keys", []byte("a\x01"), []byte("az"), keys[3:4]},
		{"open end", []byte("a\xff\x00"), nil, keys[5:]},
		{"prefix of 0xff", []byte("\xff"), nil, keys[7:]},
		{"behind the last", []byte("\xff\xff\x00"), nil, nil},
		{"to behind the last", []byte("b"), []byte("\xff\xff\xff"), keys[6:]},
		{"before the first", nil, []byte("\x00"), nil},
		{"from equals to", []byte("a"), []byte("a"), nil},
		{"from after to", []byte("b"), []byte("a"), nil},
		{"nothing there", []byte("c"), []byte("d"), nil},
	}
	check := func(tx store.Tx) {
		for _, tt := range tests {
			var want []string
			for _, k := range tt.want {
				want = append(want, fmt.Sprintf("%s=%q", k, k))
			}
			if got := scan(tx, tt.from, tt.to, false); !slices.Equal(got, want) {
				t.Errorf("%s: got %q, want %q", tt.name, got, want)
			}
			slices.Reverse(want)
			if got := scan(tx, tt.from, tt.to, true); !slices.Equal(got, want) {
				t.Errorf("%s, reverse: got %q, want %q", tt.name, got, want)
			}
		}
	}
	update(t, e, func(tx store.Tx) {
		for _, k := range keys {
			tx.Put([]byte(k), fmt.Appendf(nil, "%q", k))
		}
		check(tx)
	})
	view(t, e, check)
	update(t, e, check)
}

func testScanBreak(t *testing.T, e store.Engine) {
	update(t, e, func(tx store.Tx) { put(tx, "a", "", "b", "", "c", "", "d", "") })
	check := func(tx store.Tx) {
		for _, reverse := range []bool{false, true} {
			got := ""
			seq := tx.Scan(nil, nil, reverse)
			for range 2 { // a sequence can be walked again
				for k := range seq {
					got += string(k)
					if len(got)%2 == 0 {
						break
					}
				}
			}
			if want := map[bool]string{false: "abab", true: "dcdc"}[reverse]; got != want {
				t.Errorf("reverse %v: got %s, want %s", reverse, got, want)
			}
		}
	}
	view(t, e, check)
	update(t, e, check)
}

func testScansNest(t *testing.T, e store.Engine) {
	update(t, e, func(tx store.Tx) { put(tx, "a", "", "b", "") })
	update(t, e, func(tx store.Tx) {
		put(tx, "c", "")
		got := ""
		for k := range tx.Scan(nil, nil, false) {
			for l := range tx.Scan(nil, nil, true) {
				got += string(k) + string(l) + string(tx.Get(l)) + " "
			}
		}
		if want := "ac ab aa bc bb ba cc cb ca "; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

func testScanOwnWrites(t *testing.T, e store.Engine) {
	update(t, e, func(tx store.Tx) { put(tx, "b", "1", "d", "1", "f", "1", "h", "1") })
	update(t, e, func(tx store.Tx) {
		put(tx, "i", "2", "a", "2", "d", "2", "e", "2", "x", "2")
		for _, k := range []string{"b", "x", "h", "none"} {
			tx.Delete([]byte(k))
		}
		want := []string{"a=2", "d=2", "e=2", "f=1", "i=2"}
		if got := all(tx); !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		if got := scan(tx, []byte("b"), []byte("f"), true); !slices.Equal(got, []string{"e=2", "d=2"}) {
			t.Errorf("reverse: got %q", got)
		}
		put(tx, "b", "3", "c", "3")
		if got := scan(tx, []byte("b"), []byte("d"), false); !slices.Equal(got, []string{"b=3", "c=3"}) {
			t.Errorf("written after the first scan: got %q", got)
		}
	})
	wantAll(t, e, "a=2", "b=3", "c=3", "d=2", "e=2", "f=1", "i=2")
}

// testScanWhileWriting deletes, overwrites and adds keys around the one at hand:
// every key that is left alone must come exactly once.
func testScanWhileWriting(t *testing.T, e store.Engine) {
	const n = 300
	key := func(i int) []byte { return fmt.Appendf(nil, "key/%04d", i) }
	for _, reverse := range []bool{false, true} {
		update(t, e, func(tx store.Tx) {
			for i := range n {
				tx.Put(key(i), []byte("old"))
			}
		})
		update(t, e, func(tx store.Tx) {
			seen := map[string]int{}
			i := 0
			for k := range tx.Scan([]byte("key/"), []byte("key0"), reverse) {
				seen[string(k)]++
				tx.Delete(k)
				tx.Put(append(key(i), '+'), nil)
				tx.Put(append(key(n-i), '-'), nil)
				i = min(i+1, n)
			}
			for i := range n {
				if got := seen[string(key(i))]; got != 1 {
					t.Errorf("reverse %v: %s came %d times", reverse, key(i), got)
				}
			}
		})
		update(t, e, func(tx store.Tx) {
			for k := range tx.Scan(nil, nil, reverse) {
				tx.Delete(k)
			}
		})
		wantAll(t, e)
	}
}
