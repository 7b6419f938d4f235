package main

import (
	"bytes"
	"encoding"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// configName is the configuration's name in the data directory.
const configName = "config.toml"

// loadConfig reads the configuration: the defaults, then the file, then the
// environ variables ESSAIM_SECTION_KEY (in the form of os.Environ). An empty
// file means config.toml in dataDir, which need not exist. A key or variable
// that is not known is an error. The caller lays its flags over the result and
// then calls validate.
func loadConfig(dataDir, file string, environ []string) (Config, error) {
	c := defaultConfig()
	path := file
	if path == "" {
		path = filepath.Join(dataDir, configName)
	}
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && file == "":
	case err != nil:
		return Config{}, fmt.Errorf("read configuration: %w", err)
	default:
		if err := decodeConfig(text, &c); err != nil {
			return Config{}, fmt.Errorf("configuration %s: %w", path, err)
		}
	}
	if err := applyEnviron(&c, environ); err != nil {
		return Config{}, err
	}
	return c, nil
}

// decodeConfig lays the keys of a TOML document over c. Its errors show the
// offending line with a caret below.
func decodeConfig(text []byte, c *Config) error {
	err := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields().Decode(c)
	if missing, ok := errors.AsType[*toml.StrictMissingError](err); ok {
		return fmt.Errorf("unknown key\n%s", missing.String())
	}
	if bad, ok := errors.AsType[*toml.DecodeError](err); ok {
		row, column := bad.Position()
		return fmt.Errorf("line %d, column %d: %w\n%s", row, column, bad, bad.String())
	}
	return err
}

// applyEnviron lays the variables ESSAIM_SECTION_KEY over c. Variables of other
// programs, and those that name no section, are not ours.
func applyEnviron(c *Config, environ []string) error {
	fields, sections := configFields(c)
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if !slices.ContainsFunc(sections, func(section string) bool { return strings.HasPrefix(name+"_", "ESSAIM_"+section+"_") }) {
			continue
		}
		field, ok := fields[name]
		if !ok {
			return fmt.Errorf("environment: %s names no key of the configuration", name)
		}
		if err := setText(field, value); err != nil {
			return fmt.Errorf("environment: %s: %w", name, err)
		}
	}
	return nil
}

// configFields lists the settable fields of c by the name of their variable,
// and the sections in upper case.
func configFields(c *Config) (fields map[string]reflect.Value, sections []string) {
	fields = make(map[string]reflect.Value)
	for st, sv := range reflect.ValueOf(c).Elem().Fields() {
		section := strings.ToUpper(st.Tag.Get("toml"))
		sections = append(sections, section)
		for kt, kv := range sv.Fields() {
			fields["ESSAIM_"+section+"_"+strings.ToUpper(kt.Tag.Get("toml"))] = kv
		}
	}
	return fields, sections
}

// redact empties what is secret, and says whether there was anything.
func (c *Config) redact() (had bool) {
	for _, section := range reflect.ValueOf(c).Elem().Fields() {
		for key, value := range section.Fields() {
			if key.Tag.Get("secret") != "" && !value.IsZero() {
				value.SetZero()
				had = true
			}
		}
	}
	return had
}

// setText sets a field from its text. The items of a list are separated by
// commas; an empty text is an empty list.
func setText(v reflect.Value, text string) error {
	if u, ok := reflect.TypeAssert[encoding.TextUnmarshaler](v.Addr()); ok {
		return u.UnmarshalText([]byte(text))
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Slice:
		return setList(v, text)
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Errorf("%q is neither true nor false", text)
		}
		v.SetBool(b)
	case reflect.Int:
		n, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("%q is no whole number", text)
		}
		v.SetInt(int64(n))
	case reflect.Float64:
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return fmt.Errorf("%q is no number", text)
		}
		v.SetFloat(f)
	default:
		panic("configuration field of kind " + v.Kind().String())
	}
	return nil
}

func setList(v reflect.Value, text string) error {
	list := reflect.MakeSlice(v.Type(), 0, 0)
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item == "" {
			continue
		}
		e := reflect.New(v.Type().Elem()).Elem()
		if err := setText(e, item); err != nil {
			return err
		}
		list = reflect.Append(list, e)
	}
	v.Set(list)
	return nil
}
