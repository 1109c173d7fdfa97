// What an executable does before anything else, its libraries' constructors included.
//
// There is nothing to call: linking this module is enough. Only the tools do; a program that uses
// the library keeps its signals.
