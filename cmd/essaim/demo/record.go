package demo

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
)

// Record is one sheet of any kind. Fields are the texts of its fields and columns,
// by their names, as they stand in a cell of a table: the entries of a list are
// separated by commas, the rows of a table by line ends, their columns by " | ".
//
// Braces in a text stand for what is known only when the demonstration runs:
// {-30} for the day thirty days ago, {+9 14:30} for a time in nine days, and
// {record:key}, {lab:handle}, {member:lab/handle} and {circle:name} for addresses.
type Record struct {
	Kind     string            `toml:"-"`
	Key      string            `toml:"key"`     // unique in the network
	Authors  []string          `toml:"authors"` // member handles of the same lab
	DaysAgo  int               `toml:"days_ago"`
	Image    *Image            `toml:"image"`    // nil: none
	Problems []Problem         `toml:"problems"` // oldest first
	History  []Step            `toml:"history"`  // oldest first
	Acts     []Act             `toml:"acts"`     // done once it is published, in this order
	Fields   map[string]string `toml:"-"`
}

// Image names an Illustration and describes it for those who do not see it.
type Image struct {
	Seed string `toml:"seed"`
	Alt  string `toml:"alt"`
}

// Problem is one wording of the problem; Why says what led to it.
type Problem struct {
	Statement string `toml:"statement"`
	Why       string `toml:"why"`
	DaysAgo   int    `toml:"days_ago"`
}

// Step is the entry into a stage.
type Step struct {
	Stage   string `toml:"stage"`
	Note    string `toml:"note"`
	DaysAgo int    `toml:"days_ago"`
}

// Act is what a member does to a record that its kind lets them do.
type Act struct {
	Name string `toml:"name"`
	By   string `toml:"by"` // member handle
}

// own are the keys of a record that are not fields of its kind.
var own = []string{"key", "authors", "days_ago", "image", "problems", "history", "acts"}

// records reads the files of a lab, one for each kind and named like it.
func records(lab string) ([]Record, error) {
	entries, err := fs.ReadDir(files, lab)
	if err != nil {
		return nil, fmt.Errorf("read demonstration: %w", err)
	}
	var all []Record
	for _, entry := range entries {
		some, err := recordsOf(path.Join(lab, entry.Name()), strings.TrimSuffix(entry.Name(), ".toml"))
		if err != nil {
			return nil, fmt.Errorf("parse demonstration %s/%s: %w", lab, entry.Name(), err)
		}
		all = append(all, some...)
	}
	return all, nil
}

func recordsOf(name, kind string) ([]Record, error) {
	data, err := files.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var typed struct {
		Records []Record `toml:"records"`
	}
	var plain struct {
		Records []map[string]any `toml:"records"`
	}
	if err := toml.Unmarshal(data, &typed); err != nil {
		return nil, err
	}
	if err := toml.Unmarshal(data, &plain); err != nil {
		return nil, err
	}
	for i := range typed.Records {
		r := &typed.Records[i]
		r.Kind = kind
		for _, key := range own {
			delete(plain.Records[i], key)
		}
		if r.Fields, err = texts(plain.Records[i]); err != nil {
			return nil, fmt.Errorf("%s: %w", r.Key, err)
		}
	}
	return typed.Records, nil
}

// texts are the values of the fields as they stand in a cell; a dotted name is a
// column.
func texts(values map[string]any) (map[string]string, error) {
	fields := map[string]string{}
	for name, value := range values {
		switch v := value.(type) {
		case map[string]any:
			parts, err := texts(v)
			if err != nil {
				return nil, fmt.Errorf("%s.%w", name, err)
			}
			for part, text := range parts {
				fields[name+"."+part] = text
			}
		case []any:
			parts := make([]string, len(v))
			for i, part := range v {
				parts[i] = fmt.Sprint(part)
			}
			fields[name] = strings.Join(parts, ", ")
		case string, bool, int64, float64:
			fields[name] = fmt.Sprint(v)
		default:
			return nil, fmt.Errorf("%s: %T is no text, number or list", name, value)
		}
	}
	return fields, nil
}

// Values give the braces their meaning.
type Values struct {
	Now     time.Time                // on the clocks of the lab
	Address func(name string) string // of "record:key", "lab:handle" and so on
}

var (
	moments = regexp.MustCompile(`\{([+-]\d+)(?: (\d\d:\d\d))?\}`)
	named   = regexp.MustCompile(`\{((?:record|lab|member|circle):[^{}]+)\}`)
)

// Texts are the fields with everything in braces filled in.
func (r Record) Texts(v Values) map[string]string {
	filled := make(map[string]string, len(r.Fields))
	for name, text := range r.Fields {
		text = moments.ReplaceAllStringFunc(text, v.moment)
		filled[name] = named.ReplaceAllStringFunc(text, func(s string) string { return v.Address(strings.Trim(s, "{}")) })
	}
	return filled
}

func (v Values) moment(braces string) string {
	part := moments.FindStringSubmatch(braces)
	days, _ := strconv.Atoi(part[1]) // digits
	day := v.Now.AddDate(0, 0, days).Format(time.DateOnly)
	if part[2] != "" {
		return day + "T" + part[2]
	}
	return day
}

// Names are what the fields name: "record:key", "lab:handle" and so on.
func (r Record) Names() []string {
	var names []string
	for _, text := range r.Fields {
		for _, part := range named.FindAllStringSubmatch(text, -1) {
			names = append(names, part[1])
		}
	}
	return names
}

func (r Record) namesOnly(known map[string]bool) bool {
	for _, name := range r.Names() {
		if !known[name] {
			return false
		}
	}
	return true
}
