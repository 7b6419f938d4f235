package geo

import "testing"

// The form of a commune is answered while a person waits: under 5 ms.
func BenchmarkResolve(b *testing.B) {
	for _, typed := range []string{"Rennes", "35000", "saint denis 974", "Saint", "lhay les roses", "s", "zzzz"} {
		b.Run(typed, func(b *testing.B) {
			communes()
			for b.Loop() {
				Resolve(typed, Commune)
			}
		})
	}
}

// An import places its rows by code.
func BenchmarkLookup(b *testing.B) {
	communes()
	b.ReportAllocs()
	for b.Loop() {
		Lookup("com:35238")
	}
}

func BenchmarkNearest(b *testing.B) {
	communes()
	for b.Loop() {
		Nearest(Point{-1.68, 48.11})
	}
}

// What the first question about a commune costs, in time and memory.
func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		loadCommunes()
	}
}
