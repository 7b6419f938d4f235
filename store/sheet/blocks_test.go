package sheet_test

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/sheet"
)

func TestBlocklistsOfMastodonAreReadAndWritten(t *testing.T) {
	blocks := []*store.DomainBlock{
		{Host: "spam.example", Severity: store.Suspend, RejectMedia: true, RejectReports: true, Comment: "Publicité, \"encore\"", Obfuscate: true},
		{Host: "bruit.example", Severity: store.Silence, Comment: "=1+1"},
	}
	var file bytes.Buffer
	if err := sheet.WriteBlocks(&file, slices.Values(blocks)); err != nil {
		t.Fatal(err)
	}
	want := "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\nspam.example,suspend,true,true,\"Publicité, \"\"encore\"\"\",true\nbruit.example,silence,false,false,'=1+1,false\n"
	if file.String() != want {
		t.Errorf("got\n%s\nwant\n%s", file.String(), want)
	}
	again, err := sheet.ReadBlocks(file.Bytes())
	if err != nil || len(again) != len(blocks) {
		t.Fatalf("got %v, %v", again, err)
	}
	for i, b := range again {
		if b.Wrong != "" || b.Block != *blocks[i] || b.Line != i+2 {
			t.Errorf("got %+v, want %+v", b, *blocks[i])
		}
	}
}

func TestLinesOfBlocklistsAreJudgedEachByItself(t *testing.T) {
	for in, want := range map[string]string{
		"spam.example":                   "1:suspend:",
		"domain,severity\nA.example,":    "2:suspend:",
		"#domain;#severity\na.b;SILENCE": "2:silence:",
		"#domain,#severity\na.b,noop":    "2::noop",
		"#domain,#severity\na.b,kill":    "2::severity",
		"#domain\n*.a.b":                 "2:suspend:",
		"#domain\nsp**.example":          "2:suspend:hidden",
		"#domain\nhttps://a.b/":          "2:suspend:host",
		"#domain\na b":                   "2:suspend:host",
		"#domain,#public_comment\na.b," + strings.Repeat("x", 501): "2:suspend:long",
	} {
		got, err := sheet.ReadBlocks([]byte(in))
		if err != nil || len(got) != 1 {
			t.Errorf("%q: got %v, %v", in, got, err)
			continue
		}
		b := got[0]
		if text := strings.Join([]string{strconv.Itoa(b.Line), string(b.Block.Severity), b.Wrong}, ":"); text != want {
			t.Errorf("%q: got %s, want %s", in, text, want)
		}
	}
}

func FuzzReadBlocks(f *testing.F) {
	f.Add([]byte("#domain,#severity\na.example,suspend\n"))
	f.Add([]byte("a.example\nb.example"))
	f.Fuzz(func(t *testing.T, data []byte) {
		blocks, err := sheet.ReadBlocks(data)
		if err != nil {
			return
		}
		var good []*store.DomainBlock
		for _, b := range blocks {
			if b.Wrong == "" {
				good = append(good, &b.Block)
			}
		}
		var file bytes.Buffer
		if err := sheet.WriteBlocks(&file, slices.Values(good)); err != nil {
			t.Fatal(err)
		}
		again, err := sheet.ReadBlocks(file.Bytes())
		if err != nil || len(again) != len(good) {
			t.Fatalf("%d blocks come back as %d, %v", len(good), len(again), err)
		}
		for i, b := range again {
			if b.Wrong != "" || b.Block != *good[i] {
				t.Errorf("got %+v, want %+v", b, *good[i])
			}
		}
	})
}
