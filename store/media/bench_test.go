package media

import (
	"bytes"
	"image/jpeg"
	"testing"
)

// A photo as a telephone takes it: 12 million pixels.
func BenchmarkPut(b *testing.B) {
	m, err := Open(b.TempDir(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer m.Close()
	var data bytes.Buffer
	if err := jpeg.Encode(&data, photo(4000, 3000), nil); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(data.Len()))
	for b.Loop() {
		if _, err := m.Put(b.Context(), bytes.NewReader(data.Bytes())); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPutFile(b *testing.B) {
	m, err := Open(b.TempDir(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer m.Close()
	data := append([]byte("%PDF-1.7\n"), make([]byte, 10<<20)...)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := m.PutFile(b.Context(), bytes.NewReader(data), "a.pdf"); err != nil {
			b.Fatal(err)
		}
	}
}
