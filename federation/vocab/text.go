package vocab

import (
	"maps"
	"slices"
	"strings"
)

// Str returns the text of key: a string, the first string of a list, or a
// JSON-LD value object. It is "" for all else.
func (d Doc) Str(key string) string {
	for _, v := range d.list(key) {
		switch v := v.(type) {
		case string:
			return v
		case *object:
			if s, ok := v.members["@value"].(string); ok {
				return s
			}
		}
	}
	return ""
}

// Strs returns the strings that key holds, in order.
func (d Doc) Strs(key string) []string {
	var all []string
	for _, v := range d.list(key) {
		if s, ok := v.(string); ok {
			all = append(all, s)
		}
	}
	return all
}

// Lang returns the text of key and its language (BCP 47, "" if not said), from
// key and keyMap (ActivityStreams 2.0 §4.7). The plain property wins; without it
// the first of prefer that keyMap has is taken, else any, always the same.
func (d Doc) Lang(key string, prefer ...string) (text, lang string) {
	byLang := d.Langs(key)
	langs := slices.Sorted(maps.Keys(byLang))
	if text = d.Str(key); text != "" {
		return text, d.langOf(text, langs, byLang)
	}
	for _, p := range prefer {
		for _, l := range langs {
			if base(l) == base(p) {
				return byLang[l], l
			}
		}
	}
	if len(langs) == 0 {
		return "", ""
	}
	return byLang[langs[0]], langs[0]
}

// langOf finds the language of a text: the one under which keyMap says the same,
// else the document's.
func (d Doc) langOf(text string, langs []string, byLang map[string]string) string {
	for _, l := range langs {
		if byLang[l] == text {
			return l
		}
	}
	return d.Language()
}

// Langs returns the texts of keyMap by language, without null and empty ones.
func (d Doc) Langs(key string) map[string]string {
	o, ok := d.get(key + "Map").(*object)
	if !ok {
		return nil
	}
	texts := make(map[string]string, len(o.members))
	for lang, v := range o.members {
		if s, ok := v.(string); ok && s != "" && lang != "und" {
			texts[lang] = s
		}
	}
	return texts
}

// base returns the primary subtag: fr of fr-FR.
func base(lang string) string {
	primary, _, _ := strings.Cut(lang, "-")
	return strings.ToLower(primary)
}

// Language returns the language that the document names for itself, "" if none:
// language (text, object with an identifier, or a list of such), inLanguage, or
// the @language of its context.
func (d Doc) Language() string {
	for _, key := range []string{"language", "inLanguage"} {
		for _, v := range d.list(key) {
			if lang := languageOf(v); lang != "" {
				return lang
			}
		}
	}
	for _, c := range d.Docs("@context") {
		if lang := languageOf(c.get("@language")); lang != "" {
			return lang
		}
	}
	return ""
}

func languageOf(v any) string {
	lang, _ := v.(string)
	if o, ok := v.(*object); ok {
		lang = Doc{o: o}.Str("identifier")
	}
	if lang == "und" {
		return ""
	}
	return lang
}

// Options returns the answers of a poll, in order (Question's oneOf or anyOf).
func (d Doc) Options() []string {
	var names []string
	for _, key := range []string{"oneOf", "anyOf"} {
		for _, o := range d.Docs(key) {
			if name := o.Str("name"); name != "" {
				names = append(names, name)
			}
		}
	}
	return names
}

// IsVote reports whether this is a vote in a poll, which is sent as a Note with
// a name, no content and the poll as inReplyTo. It is never shown as a reply.
func (d Doc) IsVote() bool {
	text, _ := d.Lang("content")
	return d.Type() == "Note" && d.Str("name") != "" && text == "" && d.IRI("inReplyTo") != ""
}
