package browsertest

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// picturesIn names the environment variable of the directory in which Keep keeps
// pictures.
const picturesIn = "ESSAIM_PICTURES"

var noName = regexp.MustCompile(`[^\pL\pN]+`)

// Keep writes a picture of the page, named after the test and the view, into the
// directory that ESSAIM_PICTURES names; without it, none.
func (p *Page) Keep(t testing.TB) {
	t.Helper()
	dir := os.Getenv(picturesIn)
	if dir == "" {
		return
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatalf("keep a picture: %v", err)
	}
	look := map[bool]string{true: "dark", false: "light"}[p.view.Dark]
	if p.view.Contrast {
		look += "-contrast"
	}
	if p.view.Forced {
		look += "-forced"
	}
	name := fmt.Sprintf("%s-%s-%d.png", noName.ReplaceAllString(t.Name(), "-"), look, cmp.Or(p.view.Width, 1280))
	p.Screenshot(t, filepath.Join(dir, name))
}
