/** Run before each test file. Files that share modules register the tester once. */
import './equalBytes';
