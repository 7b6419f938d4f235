package geo

import "strings"

// Fold is a name as it is searched: lower case, without accents, every mark
// between words one space, "St" and "Ste" written out. "L'Haÿ-les-Roses" and
// "l’hay les roses" are both "l hay les roses".
func Fold(name string) string {
	var out strings.Builder
	out.Grow(len(name))
	gap := false
	for _, r := range strings.ToLower(name) {
		if '\u0300' <= r && r <= '\u036f' { // an accent written on its own
			continue
		}
		plain, ok := plainly(r)
		if !ok {
			gap = true
			continue
		}
		if gap && out.Len() > 0 {
			out.WriteByte(' ')
		}
		gap = false
		out.WriteString(plain)
	}
	return spellOut(out.String())
}

// plainly is a lower-case letter without its accent, or a digit; false for
// what stands between words.
func plainly(r rune) (string, bool) {
	switch {
	case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
		return string(r), true
	case r < 0x80:
		return "", false
	}
	plain, ok := letters[r]
	return plain, ok
}

// letters are those of French, of the regional languages and of the names of
// places overseas.
var letters = func() map[rune]string {
	m := map[rune]string{'œ': "oe", 'æ': "ae", 'ß': "ss"}
	for plain, accented := range map[string]string{
		"a": "àáâãäåāă", "c": "çćč", "e": "èéêëēĕė", "i": "ìíîïīĭ", "n": "ñń", "o": "òóôõöøōŏ",
		"s": "śš", "u": "ùúûüūŭ", "y": "ýÿ", "z": "źżž",
	} {
		for _, r := range accented {
			m[r] = plain
		}
	}
	return m
}()

// spellOut writes the short forms of saint in full.
func spellOut(folded string) string {
	if !strings.Contains(folded, "st") {
		return folded
	}
	words := strings.Split(folded, " ")
	for i, w := range words {
		switch w {
		case "st", "sts", "ste", "stes":
			words[i] = "sain" + w[1:]
		}
	}
	return strings.Join(words, " ")
}
