package enginetest

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/essaim/essaim/store"
)

func testGet(t *testing.T, e store.Engine) {
	update(t, e, func(tx store.Tx) {
		if got := tx.Get([]byte("a")); got != nil {
			t.Errorf("got %q for a key that is not there", got)
		}
		put(tx, "a", "1", "b", "2")
		if got := tx.Get([]byte("a")); string(got) != "1" {
			t.Errorf("own write: got %q, want 1", got)
		}
		put(tx, "a", "3")
		tx.Delete([]byte("b"))
		tx.Delete([]byte("never there"))
		if got := tx.Get([]byte("b")); got != nil {
			t.Errorf("own delete: got %q, want nil", got)
		}
	})
	wantAll(t, e, "a=3")
	update(t, e, func(tx store.Tx) {
		tx.Delete([]byte("a"))
		if got := tx.Get([]byte("a")); got != nil {
			t.Errorf("deleted: got %q, want nil", got)
		}
		put(tx, "a", "4")
		if got := tx.Get([]byte("a")); string(got) != "4" {
			t.Errorf("put again: got %q, want 4", got)
		}
	})
	wantAll(t, e, "a=4")
}

func testEmptyValue(t *testing.T, e store.Engine) {
	check := func(tx store.Tx) {
		t.Helper()
		for _, k := range []string{"empty", "nil"} {
			if got := tx.Get([]byte(k)); got == nil || len(got) != 0 {
				t.Errorf("%s: got %#v, want an empty value", k, got)
			}
		}
		for k, v := range tx.Scan(nil, nil, false) {
			if v == nil {
				t.Errorf("scan of %s: got nil, want an empty value", k)
			}
		}
		if got := tx.GetMany([][]byte{[]byte("empty"), []byte("none")}); got[0] == nil || got[1] != nil {
			t.Errorf("get many: got %#v, want an empty value and nil", got)
		}
	}
	update(t, e, func(tx store.Tx) {
		tx.Put([]byte("empty"), []byte{})
		tx.Put([]byte("nil"), nil)
		check(tx)
	})
	view(t, e, check)
	wantAll(t, e, "empty=", "nil=")
}

func testGetMany(t *testing.T, e store.Engine) {
	update(t, e, func(tx store.Tx) { put(tx, "a", "1", "b", "2", "c", "3") })
	update(t, e, func(tx store.Tx) {
		put(tx, "d", "4")
		tx.Delete([]byte("a"))
		keys := [][]byte{[]byte("d"), []byte("a"), []byte("c"), []byte("none"), []byte("c"), []byte("b")}
		got := tx.GetMany(keys)
		want := []string{"4", "", "3", "", "3", "2"}
		if len(got) != len(want) {
			t.Fatalf("got %d values, want %d", len(got), len(want))
		}
		for i, w := range want {
			if string(got[i]) != w || (got[i] == nil) != (w == "") {
				t.Errorf("value of %s: got %q, want %q", keys[i], got[i], w)
			}
		}
		if got := tx.GetMany(nil); len(got) != 0 {
			t.Errorf("no keys: got %d values", len(got))
		}
	})
}

func testPutCopies(t *testing.T, e store.Engine) {
	update(t, e, func(tx store.Tx) {
		k, v := []byte("key1"), []byte("value1")
		tx.Put(k, v)
		k[3], v[5] = '2', '2'
		tx.Put(k, v)
		k[3] = '9'
		tx.Delete(k)
		k[3], v[5] = 'x', 'x'
	})
	wantAll(t, e, "key1=value1", "key2=value2")
}

func testReturnedValues(t *testing.T, e store.Engine) {
	update(t, e, func(tx store.Tx) { put(tx, "a", "old", "b", "old") })
	update(t, e, func(tx store.Tx) {
		a, b := tx.Get([]byte("a")), tx.Get([]byte("b"))
		put(tx, "a", "new", "c", "own")
		c := tx.Get([]byte("c"))
		tx.Delete([]byte("b"))
		put(tx, "c", "new", "b", "new")
		if got := []string{string(a), string(b), string(c)}; !slices.Equal(got, []string{"old", "old", "own"}) {
			t.Errorf("values changed under the reader: %q", got)
		}
	})
}

func testLimits(t *testing.T, e store.Engine) {
	tests := []struct {
		name       string
		key, value int
		ok         bool
	}{
		{"no key", 0, 1, false},
		{"longest key", 1024, 1, true},
		{"key too long", 1025, 1, false},
		{"value too large", 2, 16<<20 + 1, false},
	}
	for _, tt := range tests {
		got := panics(func() {
			update(t, e, func(tx store.Tx) { tx.Put(make([]byte, tt.key), make([]byte, tt.value)) })
		})
		if got == tt.ok {
			t.Errorf("%s: panics %v, want %v", tt.name, got, !tt.ok)
		}
	}
	wantAll(t, e, strings.Repeat("\x00", 1024)+"=\x00")
}

func panics(fn func()) (yes bool) {
	defer func() { yes = recover() != nil }()
	fn()
	return false
}

func testViewCannotWrite(t *testing.T, e store.Engine) {
	if !panics(func() { view(t, e, func(tx store.Tx) { put(tx, "a", "1") }) }) {
		t.Error("a put in a view does not panic")
	}
	wantAll(t, e)
}

func testLargeValues(t *testing.T, e store.Engine) {
	sizes := map[string]int{"a": 1 << 20, "b": 16 << 20, "c": 1<<20 + 1, "d": 4096}
	for k, size := range sizes {
		update(t, e, func(tx store.Tx) { tx.Put([]byte(k), bytes.Repeat([]byte(k), size)) })
	}
	view(t, e, func(tx store.Tx) {
		for k, size := range sizes {
			if !bytes.Equal(tx.Get([]byte(k)), bytes.Repeat([]byte(k), size)) {
				t.Errorf("value of %d bytes came back changed", size)
			}
		}
	})
	update(t, e, func(tx store.Tx) {
		tx.Delete([]byte("b"))
		put(tx, "a", "small")
	})
	view(t, e, func(tx store.Tx) {
		if got := tx.Get([]byte("a")); string(got) != "small" || tx.Get([]byte("b")) != nil {
			t.Errorf("got %.10q, want small, and the other gone", got)
		}
	})
}

func testReopen(t *testing.T, open Open) {
	dir := t.TempDir()
	want := []string{}
	for _, k := range []string{"a", "b", "c"} {
		e := open(t, dir)
		wantAll(t, e, want...)
		update(t, e, func(tx store.Tx) { put(tx, k, k) })
		closeEngine(t, e)
		want = append(want, k+"="+k)
	}
	e := open(t, dir)
	defer closeEngine(t, e)
	wantAll(t, e, want...)
}
