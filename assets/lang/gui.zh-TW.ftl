# gui 的文字。
gui-menu = 選單
gui-previous-quarter = 上一季
gui-next-quarter = 下一季
gui-tab-list = 清單
gui-choose-workspace = 選擇工作區資料夾
gui-choose-new-workspace = 選擇新工作區的資料夾
gui-choose-evidence = 選擇佐證檔案
gui-no-display = 無法開啟視窗：沒有螢幕，或不支援 OpenGL。請改用終端機程式 qd，或設定 DISPLAY。
gui-wrong-argument = 看不懂的參數
gui-picture-not-written = 無法寫入圖片
gui-usage =
    用法：quarterdeck [工作區] [選項]

    未指定工作區時顯示首頁，可開啟或建立工作區，或觀看示範。

    --lang zh-TW|en        語言
    --read-only            唯讀，不寫入任何資料
    --theme light|dark     亮色或暗色
    --size 寬x高           視窗大小（點）
    --screenshot 檔案      將畫面存成 PNG 後結束
    --screen 名稱          要存的畫面：overview、programme、indicator、budget、milestones、
                           entry、sources、review、reports、help、new-source、changes、start
    --programme 編號       要存的計畫
    --command 指令         存檔前先輸入的指令
    --help, --version
