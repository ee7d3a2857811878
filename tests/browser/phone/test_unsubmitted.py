"""Photos that were shot and not submitted: they are seen, counted, saved, and gone on with."""

import json
import re
import zipfile

from tests.browser.phone.handling import Phone
from tests.browser.phone.mock import MockServer
from tests.browser.phone.office import KNOWN


def test_photos_that_nobody_submitted_are_seen_counted_and_gone_on_with(phone: Phone, server: MockServer) -> None:
    phone.page.add_init_script("window.badges = []; navigator.setAppBadge = async n => { badges.push(n) }")
    phone.sign_in()
    phone.wait_for_book()
    phone.shoot(1)
    phone.shoot(2)
    phone.until(lambda: phone.page.evaluate("badges.at(-1)") == 1, "the icon says that something is left to do")
    phone.open("/queue")
    phone.see("待传 1 项")
    phone.see("未提交 1")
    phone.see(re.compile(r"未提交：2 张照片，\d\d:\d\d 拍"))
    assert phone.page.get_by_text("都传完了").count() == 0
    phone.page.evaluate("delete Navigator.prototype.canShare; delete Navigator.prototype.share")
    with phone.page.expect_download() as waiting:
        phone.tap(".to-file")
    items = json.loads(zipfile.ZipFile(waiting.value.path()).read("manifest.json"))["items"]
    assert [item["kind"] for item in items] == ["photo", "photo"]
    phone.open("/settings")
    phone.tap(".settings .second-button.danger")
    phone.see("还有 1 项没传")
    phone.tap(".van-dialog__confirm")
    phone.see("这部手机上还有 1 项是其他人待传的")
    phone.sign_in("second").open("/queue")
    phone.see("待传 0 项")
    phone.open("/settings")
    phone.tap(".settings .second-button.danger")
    phone.tap(".van-dialog__confirm")
    phone.sign_in().open("/queue")
    phone.page.get_by_text("继续填写").tap()
    phone.page.wait_for_url("**/#/report")
    phone.tap(".categories button:nth-child(4)")
    phone.submit()
    phone.until(lambda: len(server.state()["photos"]) == 2, "both photos are on the server")
    phone.open("/queue")
    phone.see("都传完了")
    phone.until(lambda: server.state()["waiting"][-1]["waiting"] == 0, "the office hears that nothing waits")


AGED = """() => new Promise(resolve => {
  const opening = indexedDB.open('xungai')
  opening.onsuccess = () => {
    const change = opening.result.transaction('photos', 'readwrite')
    change.objectStore('photos').openCursor().onsuccess = event => {
      const cursor = event.target.result
      if (!cursor) return
      cursor.update({ ...cursor.value, createdAt: Date.now() - 30 * 3600e3 })
      cursor.continue()
    }
    change.oncomplete = () => { opening.result.close(); resolve() }
  }
})"""


def test_photos_that_lie_unsubmitted_for_more_than_a_day_are_told(phone: Phone) -> None:
    phone.sign_in()
    phone.shoot()
    phone.page.evaluate(AGED)
    phone.page.reload()
    phone.see("最早 30 小时 没传")
    phone.open("/queue")
    phone.see("超过 24 小时没提交，提交了才会传")


def test_photos_of_a_visit_lead_to_its_problem_and_of_a_problem_that_has_gone_are_not_stuck(phone: Phone) -> None:
    phone.sign_in()
    phone.wait_for_book()
    phone.open(f"/shoot/{KNOWN}")
    phone.wait_for_picture()
    phone.tap(".shutter")
    phone.until(lambda: len(phone.rows("photos")) == 1, "the photo is stored")
    phone.open("/queue")
    phone.see("石桥镇河岸垃圾堆放核查")
    phone.page.get_by_text("继续填写").tap()
    phone.page.wait_for_url(f"**/#/visit/{KNOWN}*")
    phone.open(f"/shoot/{KNOWN}")
    phone.page.evaluate(AGED.replace("createdAt: Date.now() - 30 * 3600e3", "draft: 'visit:gone'"))
    phone.page.reload()
    phone.open("/queue")
    phone.see("问题已不在手机里")
    phone.page.get_by_text("不要这些照片").tap()
    phone.see("这 1 张还没提交，删了就没有了")
    phone.tap(".van-dialog__confirm")
    phone.see("都传完了")
