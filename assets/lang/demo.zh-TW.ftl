# 示範工作區
demo-portals-failed = 無法在本機回送位址啟動示範入口：{ $detail }
demo-figures-broken = 無法讀取示範資料表；這是程式的錯誤，請回報。{ $detail }
demo-folder-not-demo = { $folder } 不是空的，也不是示範工作區。請以 --dir 指定其他資料夾；未變更任何檔案。
demo-folder-failed = 無法寫入 { $folder }：{ $detail }
