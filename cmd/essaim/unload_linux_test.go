package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
)

// shown is how many kB this process holds of files that it mapped.
func shown(t *testing.T) (kB int) {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, line, _ := strings.Cut(string(status), "RssFile:")
	if _, err := fmt.Sscanf(line, "%d kB", &kB); err != nil {
		t.Fatal(err)
	}
	return kB
}

// load reads all of the program that can be unloaded.
func load(t *testing.T) (kB int) {
	t.Helper()
	parts, err := mapped()
	memory, failed := os.Open("/proc/self/mem")
	if err = errors.Join(err, failed); err != nil {
		t.Fatal(err)
	}
	defer memory.Close()
	for _, m := range parts {
		if m.own || strings.Contains(m.rights, "w") {
			continue
		}
		n, err := io.Copy(io.Discard, io.NewSectionReader(memory, int64(m.from), int64(m.to-m.from)))
		if err != nil {
			t.Fatal(err)
		}
		kB += int(n >> 10)
	}
	return kB
}

func TestTheProgramIsUnloadedAndGoesOn(t *testing.T) {
	size, before := load(t), shown(t)
	if err := unload(); err != nil {
		t.Fatal(err)
	}
	if after := shown(t); size == 0 || before-after < size/2 {
		t.Errorf("got %d kB of files, and %d before, of a program of %d", after, before, size)
	}
	if again := load(t); again != size {
		t.Errorf("got %d kB of the program, want %d", again, size)
	}
}

func TestWhatWasWrittenStaysLoaded(t *testing.T) {
	written := []string{
		"00400000-01717000 r--p 00000000 fe:00 10004346                           /usr/bin/essaim",
		"Size:              19548 kB", "Anonymous:             4 kB", "Swap:                  0 kB", "VmFlags: rd mr mw me sd",
	}
	var m mapping
	for i, line := range written {
		if got, want := m.read(line), i == len(written)-1; got != want {
			t.Errorf("%s: got %v, want %v", line, got, want)
		}
	}
	if !m.own || m.path != "/usr/bin/essaim" || m.from != 0x400000 || m.to != 0x1717000 || m.rights != "r--p" {
		t.Errorf("got %+v", m)
	}
}
