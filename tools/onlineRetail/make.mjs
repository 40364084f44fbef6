// Makes public/datasets/online-retail/ again: node tools/onlineRetail/make.mjs FILE (online_retail.parquet,
// whose SHA-256 is checked).
import { withModule } from '../viteRunner.mjs';

await withModule('/tools/onlineRetail/makeLog.ts', ({ makeLog }) => makeLog(process.argv[2]));
