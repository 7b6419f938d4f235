package demo

import (
	"bytes"
	"image/png"
	"testing"
)

func TestIllustrationIsASmallPNGOfPreviewSize(t *testing.T) {
	for _, seed := range []string{"", "guichet-marees", "Île d’Exemple"} {
		data := Illustration(seed)
		if len(data) > 64<<10 {
			t.Errorf("seed %q: got %d bytes, want at most 64 KiB", seed, len(data))
		}
		cfg, err := png.DecodeConfig(bytes.NewReader(data))
		if err != nil {
			t.Fatalf("seed %q: %v", seed, err)
		}
		if cfg.Width != 1200 || cfg.Height != 630 {
			t.Errorf("seed %q: got %d×%d, want 1200×630", seed, cfg.Width, cfg.Height)
		}
	}
}

func TestIllustrationDependsOnItsSeedAlone(t *testing.T) {
	first := Illustration("a")
	if !bytes.Equal(first, Illustration("a")) {
		t.Error("same seed, other picture")
	}
	if bytes.Equal(first, Illustration("b")) {
		t.Error("other seed, same picture")
	}
}
