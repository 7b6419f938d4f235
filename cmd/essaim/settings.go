package main

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/essaim/essaim/store"
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

// settingSeen is the configuration with which the node ran last.
const settingSeen = "configuration"

// noteSettings writes into the journal which settings somebody changed at the terminal
// since the node ran last: their names alone. Of a secret it knows whether it is set.
func (n *node) noteSettings(ctx context.Context) error {
	now := map[string]string{}
	for _, s := range n.settings() {
		now[s.Key] = s.Value
		if s.Secret {
			now[s.Key] = fmt.Sprint(s.Changed)
		}
	}
	seen, err := json.Marshal(now)
	if err != nil {
		return err
	}
	return n.store.Update(store.AtTerminal(ctx), func(tx *store.Txn) error {
		last := tx.Setting(settingSeen)
		if string(last) == string(seen) {
			return nil
		}
		tx.PutSetting(settingSeen, seen)
		if keys := n.changed(last, now); keys != "" {
			tx.Note(store.JournalEntry{Deed: store.ChangeSettings, What: keys})
		}
		return nil
	})
}

// changed names the settings that are not as they were, in the order of the file. When
// the node runs for the first time, none is.
func (n *node) changed(last []byte, now map[string]string) string {
	var keys []string
	was := map[string]string{}
	if json.Unmarshal(last, &was) != nil {
		return ""
	}
	for _, s := range n.settings() {
		value, known := was[s.Key]
		if known && value != now[s.Key] || !known && s.Changed { // a later version has more of them
			keys = append(keys, s.Key)
		}
	}
	return strings.Join(keys, ", ")
}
