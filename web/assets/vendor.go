//go:build ignore

// Vendor refreshes the third-party files under web/assets/static from npm, at
// the exact versions and hashes below, and rewrites MANIFEST.sha256 and
// THIRD_PARTY_NOTICES.md. With -verify it only compares. It needs npm; building
// and running Essaim does not.
//
//	go run web/assets/vendor.go [-verify]
package main

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
)

// pack is one npm package: its name and version, the SHA-512 of its archive,
// and the files taken from it under the name they get here. Without files its licence
// alone is taken: Protomaps Leaflet has it inside, as it has pmtiles and basemaps, which
// are of the same owner under the same licence.
type pack struct {
	spec, integrity, title, licence string
	text                            string // the file of its licence; empty: LICENSE
	files                           map[string]string
}

const root = "web/assets"

var packs = []pack{{
	spec:      "@fontsource-variable/atkinson-hyperlegible-next@5.3.0",
	integrity: "sha512-UnLzNUy1RWoLDfydAatP4NaRm99X/WbQEph7q/PymJnCFIOOwKOx3pBmp5ys8trO0dM+CKGuJgeZP9fAR4mQpA==",
	title:     "Atkinson Hyperlegible Next",
	licence:   "OFL-1.1",
	files: map[string]string{
		"files/atkinson-hyperlegible-next-latin-wght-normal.woff2":     "static/fonts/atkinson-latin.woff2",
		"files/atkinson-hyperlegible-next-latin-ext-wght-normal.woff2": "static/fonts/atkinson-latin-ext.woff2",
		"files/atkinson-hyperlegible-next-latin-wght-italic.woff2":     "static/fonts/atkinson-italic-latin.woff2",
	},
}, {
	spec:      "@fontsource-variable/bricolage-grotesque@5.3.0",
	integrity: "sha512-TLi9Q4hJjS2UvoTMRSS2nHu6c4R56lAw60NR9QYtVRCHn0XtsFpiEhNffZ8Glsoxu6wEEwLKBP8lb94J52PNBA==",
	title:     "Bricolage Grotesque",
	licence:   "OFL-1.1",
	files: map[string]string{
		"files/bricolage-grotesque-latin-wght-normal.woff2":     "static/fonts/bricolage-latin.woff2",
		"files/bricolage-grotesque-latin-ext-wght-normal.woff2": "static/fonts/bricolage-latin-ext.woff2",
	},
}, {
	spec:      "leaflet@1.9.4",
	integrity: "sha512-nxS1ynzJOmOlHp+iL3FyWqK89GtNL8U8rvlMOsQdTTssxZwCXh8N2NB3GDQOL+YR3XnWyZAxwQixURb+FA74PA==",
	title:     "Leaflet",
	licence:   "BSD-2-Clause",
	files: map[string]string{
		"dist/leaflet.js":  "static/leaflet/leaflet.js",
		"dist/leaflet.css": "static/leaflet/leaflet.css",
	},
}, {
	spec:      "protomaps-leaflet@5.1.0",
	integrity: "sha512-N0YY1Gbw5nZ9n8VUOvwHKm/w3zhTTuaZEeMZl8doHemeM4ujGPp2otI6t4Sgqrz8iM4svx2rpG1Q17rHkOWSaA==",
	title:     "Protomaps Leaflet",
	licence:   "BSD-3-Clause",
	files:     map[string]string{"dist/protomaps-leaflet.js": "static/protomaps/protomaps-leaflet.js"},
}, {
	spec:      "@mapbox/point-geometry@1.1.0",
	integrity: "sha512-YGcBz1cg4ATXDCM/71L9xveh4dynfGmcLDqufR+nQQy3fKwsAZsWd/x4621/6uJaeB9mwOHE6hPeDgXz9uViUQ==",
	title:     "point-geometry",
	licence:   "ISC",
}, {
	spec:      "@mapbox/vector-tile@2.0.5",
	integrity: "sha512-pXj8m7KTsqZt+1jsE0xIpGvqTSbblfkuEJL/NJmNePMtEwxO8V3XMDo9WMSfDeqHvCtBI9Lmt4mGcGR10zecmw==",
	title:     "vector-tile",
	licence:   "BSD-3-Clause",
	text:      "LICENSE.txt",
}, {
	spec:      "color2k@2.0.3",
	integrity: "sha512-zW190nQTIoXcGCaU08DvVNFTmQhUpnJfVuAKfWqUQkflXKpaDdpaYoM0iluLS9lgJNHyBF58KKA2FBEwkD7wog==",
	title:     "color2k",
	licence:   "MIT",
}, {
	spec:      "pbf@4.0.1",
	integrity: "sha512-SuLdBvS42z33m8ejRbInMapQe8n0D3vN/Xd5fmWM3tufNgRQFBpaW2YVJxQZV4iPNqb0vEFvssMEo5w9c6BTIA==",
	title:     "pbf",
	licence:   "BSD-3-Clause",
}, {
	spec:      "potpack@1.0.2",
	integrity: "sha512-choctRBIV9EMT9WGAZHn3V7t0Z2pMQyl0EZE6pFc/6ml3ssw7Dlf/oAOvFwjm1HVsqfQN8GfeFyJ+d8tRzqueQ==",
	title:     "potpack",
	licence:   "ISC",
}, {
	spec:      "quickselect@2.0.0",
	integrity: "sha512-RKJ22hX8mHe3Y6wH/N3wCM6BWtjaxIyyUIkpHOvfFnxdI4yD4tBXEBKSbriGujF6jnSVkJrffuo6vxACiSSxIw==",
	title:     "quickselect",
	licence:   "ISC",
}, {
	spec:      "rbush@3.0.1",
	integrity: "sha512-XRaVO0YecOpEuIvbhbpTrZgoiI6xBlz6hnlr6EHhd+0x9ase6EmeN+hdwwUaJvLcsFFQ8iWVF1GAK1yB0BWi0w==",
	title:     "rbush",
	licence:   "MIT",
}, {
	spec:      "fflate@0.8.2",
	integrity: "sha512-cPJU47OaAoCbg0pBvzsgpTPhmhqI5eJjh/JIu8tPj5q+T7iLvW/JAYUqmE7KOB4R1ZyEhzBaIQpQpardBF5z8A==",
	title:     "fflate",
	licence:   "MIT",
}}

func main() {
	verify := flag.Bool("verify", false, "compare with the committed files, write nothing")
	flag.Parse()
	files, err := gather()
	if err != nil {
		log.Fatal(err)
	}
	put := write
	if *verify {
		put = compare
	}
	for name, data := range files {
		if err := put(filepath.Join(root, name), data); err != nil {
			log.Fatal(err)
		}
	}
}

// gather returns every vendored file by its path below root.
func gather() (map[string][]byte, error) {
	dir, err := os.MkdirTemp("", "vendor")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	out := map[string][]byte{}
	notices := bytes.NewBufferString("# Third-party notices\n\nFiles below `web/assets/static/fonts`, `web/assets/static/leaflet` and `web/assets/static/protomaps` come unchanged from these packages, some of them with others inside.\n")
	for _, p := range packs {
		if err := p.unpack(dir, out, notices); err != nil {
			return nil, fmt.Errorf("vendor %s: %w", p.spec, err)
		}
	}
	out["MANIFEST.sha256"] = manifest(out)
	out["THIRD_PARTY_NOTICES.md"] = notices.Bytes()
	return out, nil
}

// unpack fetches one package, checks its hash and takes its files and licence.
func (p pack) unpack(dir string, out map[string][]byte, notices *bytes.Buffer) error {
	cmd := exec.Command("npm", "pack", "--silent", "--ignore-scripts", p.spec)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	name, err := cmd.Output()
	if err != nil {
		return err
	}
	archive := filepath.Join(dir, strings.TrimSpace(string(name)))
	if err := p.check(archive); err != nil {
		return err
	}
	to, err := os.MkdirTemp(dir, "package")
	if err != nil {
		return err
	}
	if err := exec.Command("tar", "-xzf", archive, "-C", to).Run(); err != nil {
		return err
	}
	return p.take(os.DirFS(filepath.Join(to, "package")), out, notices)
}

func (p pack) check(archive string) error {
	data, err := os.ReadFile(archive)
	if err != nil {
		return err
	}
	sum := sha512.Sum512(data)
	if got := "sha512-" + base64.StdEncoding.EncodeToString(sum[:]); got != p.integrity {
		return fmt.Errorf("hash %s, want %s", got, p.integrity)
	}
	return nil
}

func (p pack) take(from fs.FS, out map[string][]byte, notices *bytes.Buffer) error {
	for src, dst := range p.files {
		data, err := fs.ReadFile(from, src)
		if err != nil {
			return err
		}
		out[dst] = data
	}
	text, err := fs.ReadFile(from, cmp.Or(p.text, "LICENSE"))
	if err != nil {
		return err
	}
	fmt.Fprintf(notices, "\n## %s\n\n`%s`, %s\n\n```\n%s\n```\n", p.title, p.spec, p.licence, bytes.TrimSpace(text))
	return nil
}

func manifest(files map[string][]byte) []byte {
	var lines []string
	for name, data := range files {
		lines = append(lines, fmt.Sprintf("%x  %s\n", sha256.Sum256(data), name))
	}
	sort.Slice(lines, func(i, j int) bool { return lines[i][66:] < lines[j][66:] })
	return []byte(strings.Join(lines, ""))
}

func write(name string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, data, 0o644)
}

func compare(name string, data []byte) error {
	have, err := os.ReadFile(name)
	if err == nil && !bytes.Equal(have, data) {
		err = errors.New("differs from the package")
	}
	if err != nil {
		return fmt.Errorf("verify %s: %w", name, err)
	}
	return nil
}
