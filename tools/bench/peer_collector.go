// SPDX-License-Identifier: Apache-2.0
// A collector as one writes it in an afternoon with Go's net/http: parse the form, nest its keys, and
// write one file an event: temporary name, fsync, rename, fsync of the folder. `peer DIR ADDR`.
package main

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

var folders sync.Map

func folder(root string, at time.Time) (string, error) {
	path := filepath.Join(root, "deactivate", at.Format("2006/01/02/15"))
	if _, known := folders.Load(path); known {
		return path, nil
	}
	err := os.MkdirAll(path, 0o777)
	folders.Store(path, true)
	return path, err
}

func synced(path string, flags int, data []byte) error {
	file, err := os.OpenFile(path, flags, 0o666)
	if err != nil {
		return err
	}
	defer file.Close()
	if data != nil {
		if _, err = file.Write(data); err != nil {
			return err
		}
	}
	return file.Sync()
}

func put(root, id string, at time.Time, data []byte) error {
	dir, err := folder(root, at)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%d-%s.json", at.UnixMilli(), id)
	temporary := filepath.Join(dir, "."+name)
	if err = synced(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, data); err != nil {
		return err
	}
	if err = os.Rename(temporary, filepath.Join(dir, name)); err != nil {
		return err
	}
	return synced(dir, os.O_RDONLY, nil)
}

func nest(tree map[string]any, name, value string) {
	keys := strings.Split(strings.ReplaceAll(name, "]", ""), "[")
	for _, key := range keys[:len(keys)-1] {
		next, ok := tree[key].(map[string]any)
		if !ok {
			next = map[string]any{}
			tree[key] = next
		}
		tree = next
	}
	tree[keys[len(keys)-1]] = value
}

func main() {
	root := os.Args[1]
	http.HandleFunc("/deactivate", func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, 256<<10)
		if r.Method != "POST" || r.ParseForm() != nil {
			http.Error(w, `{"success":false}`, http.StatusBadRequest)
			return
		}
		var chance [16]byte
		_, _ = rand.Read(chance[:])
		at, id := time.Now().UTC(), hex.EncodeToString(chance[:])
		event := map[string]any{}
		for name, values := range r.PostForm {
			nest(event, name, values[len(values)-1])
		}
		address, _, _ := net.SplitHostPort(r.RemoteAddr)
		event["_collector"] = map[string]any{"v": 1, "request_id": id, "remote_ip": address,
			"received_at": at.Format("2006-01-02T15:04:05.000Z"), "user_agent": r.UserAgent()}
		data, err := json.Marshal(event)
		if err == nil {
			err = put(root, id, at, append(data, '\n'))
		}
		if err != nil {
			http.Error(w, `{"success":false}`, http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"success":true}`))
	})
	fmt.Fprintln(os.Stderr, http.ListenAndServe(os.Args[2], nil))
	os.Exit(1)
}
