package backup_test

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/essaim/essaim/store/backup"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// node is what a node's folder holds.
type node struct {
	dir     string
	onStore func() // called while the store is copied
}

func newNode(t *testing.T) *node {
	t.Helper()
	n := &node{dir: t.TempDir(), onStore: func() {}}
	write(t, filepath.Join(n.dir, "essaim.db"), strings.Repeat("the store ", 9000))
	if err := os.Mkdir(filepath.Join(n.dir, "media"), 0o700); err != nil {
		t.Fatal(err)
	}
	n.upload(t, "a picture")
	n.upload(t, "another picture")
	write(t, filepath.Join(n.dir, "media", ".unfinished-x"), "half a picture")
	return n
}

func (n *node) upload(t *testing.T, content string) (name string) {
	t.Helper()
	sum := sha256.Sum256([]byte(content))
	name = hex.EncodeToString(sum[:]) + ".jpg"
	write(t, filepath.Join(n.dir, "media", name), content)
	return name
}

func (n *node) source() backup.Source {
	return backup.Source{
		Store: func(context.Context) (string, error) {
			n.onStore()
			data, err := os.ReadFile(filepath.Join(n.dir, "essaim.db"))
			path := filepath.Join(n.dir, "copy")
			return path, errors.Join(err, os.WriteFile(path, data, 0o600))
		},
		Media: filepath.Join(n.dir, "media"), Config: []byte("[node]\n"),
		Address: "https://estran.example", Version: "test", Now: noon,
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func pack(t *testing.T, n *node) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "b.tar.gz")
	if _, err := backup.Write(t.Context(), path, n.source()); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRestoredIsWhatWasPacked(t *testing.T) {
	n := newNode(t)
	late := ""
	n.onStore = func() { late = n.upload(t, "sent while the store is copied") }
	path := pack(t, n)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v, %v: others may read it", info.Mode(), err)
	}
	dir := filepath.Join(t.TempDir(), "new")
	m, err := backup.Restore(t.Context(), path, dir)
	if err != nil {
		t.Fatal(err)
	}
	if m.Address != "https://estran.example" || !m.Made.Equal(noon) || len(m.Files) != 5 {
		t.Errorf("got %+v", m)
	}
	if _, err := os.Stat(filepath.Join(dir, "media", late)); err != nil {
		t.Errorf("what came meanwhile: %v", err)
	}
	for _, f := range m.Files {
		want := []byte("[node]\n")
		if f.Name != "config.toml" {
			want = read(t, filepath.Join(n.dir, f.Name))
		}
		if got := read(t, filepath.Join(dir, f.Name)); string(got) != string(want) {
			t.Errorf("%s: got %d bytes, want %d", f.Name, len(got), len(want))
		}
	}
	if left, _ := filepath.Glob(filepath.Join(n.dir, "copy")); left != nil {
		t.Error("the copy of the store is still there")
	}
	if _, err := backup.Restore(t.Context(), path, dir); !errors.Is(err, fs.ErrExist) {
		t.Errorf("into a folder that is not empty: got %v", err)
	}
	if _, err := backup.Write(t.Context(), path, n.source()); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over another: got %v", err)
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// entry is a file of an archive that a test writes itself.
type entry struct{ name, content string }

// entries takes an archive apart.
func entries(t *testing.T, path string) (all []entry) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	zip, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for in := tar.NewReader(zip); ; {
		header, err := in.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, entry{header.Name, string(content)})
	}
}

func assemble(t *testing.T, all []entry) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "b.tar.gz")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	zip := gzip.NewWriter(f)
	out := tar.NewWriter(zip)
	for _, e := range all {
		if err := out.WriteHeader(&tar.Header{Name: e.name, Size: int64(len(e.content)), Mode: 0o600}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(out, e.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(out.Close(), zip.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDamageIsNamed(t *testing.T) {
	whole := entries(t, pack(t, newNode(t)))
	at := func(name string) int {
		return slices.IndexFunc(whole, func(e entry) bool { return strings.HasPrefix(e.name, name) })
	}
	upload := whole[at("media/")].name
	change := func(i int, content string) []entry {
		all := slices.Clone(whole)
		all[i].content = content
		return all
	}
	without := func(i int) []entry { return slices.Delete(slices.Clone(whole), i, i+1) }
	for _, c := range []struct {
		name string
		all  []entry
		want string
	}{
		{"store changed", change(at("essaim.db"), "another store"), "essaim.db"},
		{"upload changed", change(at("media/"), "another picture"), upload},
		{"upload gone", without(at("media/")), upload},
		{"store gone", without(at("essaim.db")), "essaim.db"},
		{"no manifest", without(at("manifest.json")), "config.toml"},
		{"manifest is none", change(at("manifest.json"), "{"), "manifest.json"},
		{"of a later version", change(at("manifest.json"), `{"format":2}`), "manifest.json"},
		{"a file more", append([]entry{{"media/" + strings.Repeat("0", 64) + ".png", "x"}}, whole...), "media/" + strings.Repeat("0", 64) + ".png"},
		{"a way out", append([]entry{{"../../etc/passwd", "x"}}, whole...), "../../etc/passwd"},
		{"a way out of the uploads", append([]entry{{"media/../essaim.db", "x"}}, whole...), "media/../essaim.db"},
		{"twice", append(slices.Clone(whole[:1]), whole...), whole[0].name},
	} {
		path := assemble(t, c.all)
		_, err := backup.Verify(t.Context(), path)
		checkDamage(t, c.name, err, c.want)
		dir := filepath.Join(t.TempDir(), "new")
		_, err = backup.Restore(t.Context(), path, dir)
		checkDamage(t, c.name, err, c.want)
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("%s: got %v, %v left", c.name, left, err)
		}
	}
}

func checkDamage(t *testing.T, name string, err error, file string) {
	t.Helper()
	damage, ok := errors.AsType[*backup.DamagedError](err)
	if !ok || damage.File != file {
		t.Errorf("%s: got %v, want damage at %q", name, err, file)
	}
}

// TestEveryCutIsRefused cuts an archive short, and turns bits over.
func TestEveryCutIsRefused(t *testing.T) {
	data := read(t, pack(t, newNode(t)))
	path := filepath.Join(t.TempDir(), "b.tar.gz")
	for i := 0; i < len(data); i += 1 + len(data)/97 {
		write(t, path, string(data[:i]))
		if _, err := backup.Verify(t.Context(), path); err == nil {
			t.Errorf("cut after %d bytes of %d: it is taken for whole", i, len(data))
		}
	}
	// The first ten bytes are the header of gzip, which says nothing about content.
	for i := 10; i < len(data); i += 1 + len(data)/97 {
		turned := slices.Clone(data)
		turned[i] ^= 0x10
		write(t, path, string(turned))
		if _, err := backup.Verify(t.Context(), path); err == nil {
			t.Errorf("byte %d of %d is another: it is taken for whole", i, len(data))
		}
	}
}

func TestAnEndedBackupLeavesNothing(t *testing.T) {
	n := newNode(t)
	ctx, cancel := context.WithCancel(t.Context())
	n.onStore = cancel
	dir := t.TempDir()
	if _, err := backup.Write(ctx, filepath.Join(dir, "b.tar.gz"), n.source()); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("got %v, %v left", left, err)
	}
}

// TestWhatWasErasedDoesNotLieInBackupsForEver: those of an upgrade are no exception, and
// the only one that there is stays.
func TestWhatWasErasedDoesNotLieInBackupsForEver(t *testing.T) {
	s := backup.Shelf{Dir: filepath.Join(t.TempDir(), "backups")}
	if err := s.Expire(noon); err != nil {
		t.Errorf("without a folder: got %v", err)
	}
	if err := s.Open(); err != nil {
		t.Fatal(err)
	}
	young := backup.Name(noon.Add(time.Hour))
	for _, name := range []string{backup.BeforeSchema(noon.Add(-time.Hour), 4), backup.Name(noon.Add(-time.Minute)), backup.Name(noon), young} {
		write(t, filepath.Join(s.Dir, name), "x")
	}
	for i, want := range []int{2, 1, 1} {
		if err := s.Expire(noon.Add(time.Duration(i) * time.Hour)); err != nil {
			t.Fatal(err)
		}
		if all, err := s.List(); err != nil || len(all) != want || all[0].Name != young {
			t.Errorf("%d hours later: got %v, %v, want %d", i, all, err, want)
		}
	}
}

func TestShelfKeepsTheNewestAndThoseOfUpgrades(t *testing.T) {
	s := backup.Shelf{Dir: filepath.Join(t.TempDir(), "backups")}
	if all, err := s.List(); err != nil || len(all) != 0 {
		t.Errorf("without a folder: got %v, %v", all, err)
	}
	if err := s.Open(); err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		write(t, filepath.Join(s.Dir, backup.Name(noon.Add(time.Duration(i)*time.Hour))), "x")
	}
	old := backup.BeforeSchema(noon.Add(-time.Hour), 4)
	write(t, filepath.Join(s.Dir, old), "x")
	write(t, filepath.Join(s.Dir, ".unfinished-1"), "x")
	write(t, filepath.Join(s.Dir, "notes.txt"), "x")
	if err := s.Prune(2, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	all, err := s.List()
	if err != nil || len(all) != 3 || !all[0].Made.Equal(noon.Add(3*time.Hour)) || all[2].Name != old {
		t.Errorf("got %v, %v", all, err)
	}
	if left, err := os.ReadDir(s.Dir); err != nil || len(left) != 4 {
		t.Errorf("got %v, %v: want the three and what is not ours", left, err)
	}
	for _, name := range []string{"../essaim.db", "notes.txt", "", ".unfinished-1", all[0].Name + "/../x"} {
		if path, err := s.Path(name); err == nil {
			t.Errorf("%q leads to %s", name, path)
		}
	}
}
