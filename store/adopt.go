package store

import (
	"math"
	"strconv"
	"strings"
)

// thing is an object of the wire as encoding/json decodes it.
type thing map[string]any

func (t thing) text(name string) string { return textOf(t[name]) }

// thingsOf are the objects in a value: itself, or those of a list.
func thingsOf(v any) []thing {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var things []thing
	for _, v := range list {
		if m, ok := v.(map[string]any); ok {
			things = append(things, m)
		}
	}
	return things
}

// textOf is a value that is a text, or the first text of a list, else nothing.
func textOf(v any) string {
	if list, ok := v.([]any); ok && len(list) > 0 {
		v = list[0]
	}
	s, _ := v.(string)
	return s
}

// amountOf is a number from 0 on, also one that was sent as text; all else is 0.
func amountOf(v any) float64 {
	n, ok := v.(float64)
	if !ok {
		n, _ = strconv.ParseFloat(strings.TrimSpace(textOf(v)), 64)
	}
	if !(n > 0) || n > math.MaxInt32 {
		return 0
	}
	return n
}

func wholeOf(v any) int { return int(amountOf(v)) }

// lineOf is a text on one line, cut to n characters.
func lineOf(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > n {
		return string(runes[:n])
	}
	return s
}

// webOnly is an address that a browser may be sent to, or nothing.
func webOnly(s string) string {
	if len(s) > 500 || !isWeb(s) {
		return ""
	}
	return s
}
