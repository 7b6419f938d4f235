package media

import (
	"bytes"
	"image/jpeg"
	"testing"
)

// A photo as a telephone takes it: 12 million pixels.
func BenchmarkPut(b *testing.B) {
	m, err := Open(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer m.Close()
	var data bytes.Buffer
	if err := jpeg.Encode(&data, photo(4000, 3000), nil); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := m.Put(b.Context(), bytes.NewReader(data.Bytes())); err != nil {
			b.Fatal(err)
		}
	}
}
