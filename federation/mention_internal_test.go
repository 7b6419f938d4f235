package federation

import (
	"strings"
	"testing"
)

func FuzzMentions(f *testing.F) {
	for _, s := range []string{"@maelle", "a@b.example", "Bonjour @maelle@labo.example:8101, et @yann.", "`@code` @a_b-@c", "@@@", "[@x](y) @é", "@a@b@c", "＠x @ｘ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		done := 0
		for _, m := range typedMentions(text) {
			typed := text[m.from:m.to]
			if m.from < done || !strings.HasPrefix(typed, "@"+m.user) || m.host != "" && strings.ToLower(typed) != "@"+strings.ToLower(m.user)+"@"+m.host {
				t.Errorf("%q: got %+v of %q", text, m, typed)
			}
			if strings.ContainsAny(m.user+m.host, "/\\[]()<> \n\"") {
				t.Errorf("%q: got %+v", text, m)
			}
			done = m.to
		}
	})
}
