package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gwlint/gwlint/lint"
)

func TestChangedLines(t *testing.T) {
	got := changedLines(`diff --git a/a.conf b/a.conf
--- a/a.conf
+++ b/a.conf
@@ -3 +3,2 @@ http {
-old
+++ b/no file but a line
+new
@@ -9,2 +9,0 @@
--- a/no file
-two
diff --git a/gone b/gone
--- a/gone
+++ /dev/null
@@ -1 +0,0 @@
-x
diff --git "a/q\"t" "b/q\"t"
--- "a/q\"t"
+++ "b/q\"t"
@@ -0,0 +1 @@
+x
\ No newline at end of file
`)
	want := lint.Changed{"a.conf": {{First: 3, Last: 4}, {First: 9, Last: 10}}, `q"t`: {{First: 1, Last: 1}}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
