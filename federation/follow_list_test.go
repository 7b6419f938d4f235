package federation

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestReadWanted(t *testing.T) {
	for name, x := range map[string]struct {
		text string
		want []string
	}{
		"nothing":        {"", nil},
		"one a line":     {"@a@x.example\nb@y.example\r\n\nhttps://z.example/@c", []string{"@a@x.example", "b@y.example", "https://z.example/@c"}},
		"Mastodon's own": {"Account address,Show boosts,Notify on new posts,Languages\na@x.example,true,false,\"en, fr\"\n", []string{"a@x.example"}},
		"of an office":   {"\uFEFF\"Compte\";\"Nom\"\n\"@a@x.example\";\"Labo A\"\n", []string{"@a@x.example"}},
		"twice":          {"@a@x.example\nA@X.example\n", []string{"@a@x.example"}},
		"comments":       {"# mes labos\n@a@x.example\tun labo\n", []string{"@a@x.example"}},
		"no address":     {"@a@x.example\nquelque chose\n", []string{"@a@x.example", "quelque chose"}},
	} {
		list, err := ReadWanted(x.text)
		var got []string
		for _, w := range list {
			got = append(got, w.Text)
		}
		if err != nil || !slices.Equal(got, x.want) {
			t.Errorf("%s: got %q, %v, want %q", name, got, err, x.want)
		}
	}
	if list, _ := ReadWanted("\n\n@a@x.example"); list[0].Line != 3 {
		t.Errorf("line: got %d, want 3", list[0].Line)
	}
	var b strings.Builder
	for i := range MaxWanted + 1 {
		b.WriteString("x@" + strings.Repeat("a", i+1) + ".example\n")
	}
	if _, err := ReadWanted(b.String()); !errors.Is(err, ErrTooMany) {
		t.Errorf("too many: got %v", err)
	}
}

func FuzzReadWanted(f *testing.F) {
	f.Add("Account address,Show boosts\na@x.example,true\n")
	f.Add("\uFEFF\"@a@x\";b\r\n#\n\x00")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := ReadWanted(text)
		if err != nil && !errors.Is(err, ErrTooMany) {
			t.Fatal(err)
		}
		last := 0
		for _, w := range list {
			if w.Text == "" || w.Line <= last {
				t.Errorf("got %+v after line %d", w, last)
			}
			last = w.Line
		}
	})
}
