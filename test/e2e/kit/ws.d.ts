// The package `ws` brings no types, and one class of it is not worth a package of them. What another package brings along for it is not looked at.
declare module 'ws';
