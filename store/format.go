package store

import (
	"net/url"
	"strings"
	"time"
)

// The forms of dates and times in fields.
const (
	dayForm   = "2006-01-02"
	clockForm = "2006-01-02T15:04"

	spacedClock = "2006-01-02 15:04" // as people type it
)

// formats are the widgets whose texts have a form. The name of the widget is the
// reason when one does not: "error.day".
var formats = map[Widget]func(string) bool{
	Day:   func(s string) bool { return isTime(dayForm, s) },
	Clock: func(s string) bool { return isTime(clockForm, s) },
	Web:   isWeb,
	Link:  isWeb,
}

func isTime(form, s string) bool {
	t, err := time.Parse(form, s)
	return err == nil && t.Year() > 1000
}

// isWeb says whether s is an address that a browser may be sent to.
func isWeb(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "" && u.User == nil
}

// validSIREN checks the nine digits of an organisation in the register SIRENE.
func validSIREN(s string) string { return validSIRENE(s, 9, "siren") }

// validSIRET checks the fourteen digits of an establishment.
func validSIRET(s string) string { return validSIRENE(s, 14, "siret") }

func validSIRENE(s string, digits int, reason string) string {
	if len(s) != digits || strings.Trim(s, "0123456789") != "" {
		return reason
	}
	// La Poste's establishments add up to a multiple of five instead (INSEE).
	if strings.HasPrefix(s, "356000000") && digits == 14 && digitSum(s)%5 == 0 {
		return ""
	}
	if luhn(s)%10 != 0 {
		return reason + "-key"
	}
	return ""
}

// luhn is the sum of ISO/IEC 7812-1, annex B.
func luhn(s string) int {
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum
}

func digitSum(s string) int {
	sum := 0
	for i := range len(s) {
		sum += int(s[i] - '0')
	}
	return sum
}
