// Tests import the library's source, which is told where binaries come from, as the build's entries do.

import { provide } from '../bindings/binaries.text.js';

provide();
