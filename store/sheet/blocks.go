package sheet

import (
	"encoding/csv"
	"io"
	"iter"
	"strconv"
	"strings"
	"unicode"

	"github.com/essaim/essaim/store"
)

// blockColumns are those of the lists of blocked servers that Mastodon exports and
// imports.
var blockColumns = []string{"#domain", "#severity", "#reject_media", "#reject_reports", "#public_comment", "#obfuscate"}

// Block is a line of a list of blocked servers.
type Block struct {
	Line  int
	Block store.DomainBlock // Host as it was written
	// Wrong ends a message key "blocklist.wrong.": why the line cannot be used;
	// empty: it can.
	Wrong string
}

const (
	maxBlocks      = 20_000
	maxBlockText   = 500 // characters of a comment
	maxBlockedName = 253
)

// ReadBlocks reads a list of blocked servers: CSV with Mastodon's columns, with or
// without "#" before their names, or nothing but a name in each line. Names are
// only looked at for their form. It answers *Malformed.
func ReadBlocks(data []byte) ([]Block, error) {
	named := 0 // lines that were added
	if !startsWith(data, blockColumns[0]) {
		named, data = 1, append([]byte("#domain\n"), data...)
	}
	s, err := readCSV(data)
	if err != nil {
		return nil, err
	}
	if len(s.Rows) > maxBlocks {
		return nil, &Malformed{Format: CSV, Reason: "too-many-rows"}
	}
	place := map[string]int{}
	for i, name := range s.Columns {
		place["#"+strings.TrimPrefix(strings.ToLower(name), "#")] = i
	}
	var blocks []Block
	for _, row := range s.Rows {
		row.Line -= named
		blocks = append(blocks, readBlock(row, func(column string) string {
			if i, ok := place[column]; ok {
				return strings.TrimSpace(restore(row.Cells[i]))
			}
			return ""
		}))
	}
	return blocks, nil
}

// startsWith says whether a file begins with a column, marked or not.
func startsWith(data []byte, name string) bool {
	text := strings.ToLower(strings.TrimPrefix(string(data[:min(len(data), 100)]), mark))
	return strings.HasPrefix(strings.TrimPrefix(strings.TrimLeft(text, " \t\r\n\""), "#"), strings.TrimPrefix(name, "#"))
}

func readBlock(row Row, cell func(string) string) Block {
	b := Block{Line: row.Line, Block: store.DomainBlock{
		Host: strings.TrimRight(strings.TrimPrefix(strings.ToLower(cell("#domain")), "*."), "."), Comment: cell("#public_comment"),
		RejectMedia: isTrue(cell("#reject_media")), RejectReports: isTrue(cell("#reject_reports")), Obfuscate: isTrue(cell("#obfuscate")),
	}}
	switch severity := strings.ToLower(cell("#severity")); severity {
	case "", "suspend":
		b.Block.Severity = store.Suspend
	case "silence", "limit":
		b.Block.Severity = store.Silence
	case "noop":
		b.Wrong = "noop"
	default:
		b.Wrong = "severity"
	}
	switch host := b.Block.Host; {
	case host == "" || len(host) > maxBlockedName || strings.ContainsFunc(host, foreignToNames):
		b.Wrong = "host"
	case strings.Contains(host, "*"):
		b.Wrong = "hidden" // its list does not spell it out
	case len([]rune(b.Block.Comment)) > maxBlockText:
		b.Wrong = "long"
	}
	return b
}

// foreignToNames says whether a character is in no host's name, be it in whatever
// script, or an address.
func foreignToNames(r rune) bool {
	return !unicode.In(r, unicode.Letter, unicode.Mark, unicode.Number) && !strings.ContainsRune("-._:[]*", r)
}

func isTrue(text string) bool {
	yes, err := strconv.ParseBool(strings.ToLower(text))
	return err == nil && yes
}

// WriteBlocks writes a list of blocked servers that Mastodon imports.
func WriteBlocks(w io.Writer, blocks iter.Seq[*store.DomainBlock]) error {
	out := &Writer{csv: csv.NewWriter(w)} // no mark: Mastodon takes it for a part of the first name
	if err := out.csv.Write(blockColumns); err != nil {
		return err
	}
	for b := range blocks {
		line := []string{
			b.Host, string(b.Level()), strconv.FormatBool(b.RejectMedia), strconv.FormatBool(b.RejectReports), b.Comment, strconv.FormatBool(b.Obfuscate),
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	return out.Flush()
}
