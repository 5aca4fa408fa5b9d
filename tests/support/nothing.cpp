// support/nothing.cpp: a source without anything, for a target whose only product is a compiled
// header.
