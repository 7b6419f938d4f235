package main

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/essaim/essaim/web"
)

// settings is the configuration in effect for the pages of the administration. What
// is secret is told by whether it is set.
func (n *node) settings() []web.Setting {
	own, standard := n.config, defaultConfig()
	var all []web.Setting
	for st, sv := range reflect.ValueOf(own).Fields() {
		usual := reflect.ValueOf(standard).FieldByIndex(st.Index)
		for kt, kv := range sv.Fields() {
			s := web.Setting{
				Key:     st.Tag.Get("toml") + "." + kt.Tag.Get("toml"),
				Changed: !reflect.DeepEqual(kv.Interface(), usual.FieldByIndex(kt.Index).Interface()),
				Secret:  kt.Tag.Get("secret") != "",
			}
			if !s.Secret {
				s.Value = settingText(kv)
			}
			all = append(all, s)
		}
	}
	return all
}

// settingText is a value as the configuration spells it, without quotation marks.
func settingText(v reflect.Value) string {
	if v.Kind() != reflect.Slice {
		return fmt.Sprint(v.Interface())
	}
	var items []string
	for i := range v.Len() {
		items = append(items, fmt.Sprint(v.Index(i).Interface()))
	}
	return strings.Join(items, ", ")
}
