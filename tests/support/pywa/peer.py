"""A WhatsApp office built on pywa, a third-party client of the Cloud API, for the integration test.

    peer.py PORT GRAPH_URL APP_SECRET FORWARD_URL

Webhooks come to /webhook: pywa checks the signature and parses the body, /seen says what it saw, and
the bytes go on unchanged to FORWARD_URL when there is one. /send makes pywa send; the answer is what its method
returned, or the name of the error it raised.
"""

import sys

import fastapi
import httpx
import uvicorn
from pywa import WhatsApp, types

PORT, GRAPH_URL, APP_SECRET, FORWARD_URL = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
PHONE_ID = "1001"

app = fastapi.FastAPI()
seen: list[dict] = []


@app.middleware("http")
async def forward(request: fastapi.Request, call_next):
    """Hands the bytes on to the server under test, signature and all."""
    body = await request.body()
    answer = await call_next(request)
    if FORWARD_URL != "-" and request.url.path == "/webhook" and request.method == "POST":
        wanted = ("content-type", "x-hub-signature-256")
        headers = {name: value for name, value in request.headers.items() if name in wanted}
        async with httpx.AsyncClient(trust_env=False) as client:
            forwarded = await client.post(FORWARD_URL, content=body, headers=headers)
        answer.headers["x-forwarded-status"] = str(forwarded.status_code)
    return answer


session = httpx.Client(trust_env=False)
office = WhatsApp(
    phone_id=PHONE_ID,
    token="pywa-token",
    session=session,
    server=app,
    webhook_endpoint="/webhook",
    verify_token="pywa-verify",
    app_secret=APP_SECRET,
    filter_updates=False,
)
session.base_url = GRAPH_URL


def whole(text: str | None) -> str | None:
    """Half an emoji cannot be written as UTF-8: as everywhere, it becomes U+FFFD."""
    return text and text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@office.on_message
def message(_: WhatsApp, update: types.Message):
    place = update.location
    seen.append(
        {
            "what": "message",
            "id": update.id,
            "type": str(update.type.value),
            "text": whole(update.text or update.caption),
            "from": update.from_user.wa_id,
            "user": update.from_user.bsuid,
            "lng": place and place.longitude,
            "lat": place and place.latitude,
        }
    )


@office.on_message_status
def status(_: WhatsApp, update: types.MessageStatus):
    seen.append({"what": "status", "id": update.id, "type": str(update.status.value)})


@office.on_callback_button
def pressed(_: WhatsApp, update: types.CallbackButton):
    seen.append({"what": "button", "id": update.id, "text": update.title, "type": update.data})


@office.on_callback_selection
def chosen(_: WhatsApp, update: types.CallbackSelection):
    seen.append({"what": "list", "id": update.id, "text": update.title, "type": update.data})


@office.on_flow_completion
def filled(_: WhatsApp, update: types.FlowCompletion):
    seen.append({"what": "flow", "id": update.id, "text": update.body, "type": "flow"})


@app.get("/seen")
def everything() -> list[dict]:
    return seen


@app.post("/send")
def send(wanted: dict) -> dict:
    """Sends one message of each kind we send ourselves, to `to`."""
    to = wanted["to"]
    ways = {
        "text": lambda: office.send_text(to=to, text=wanted["text"]),
        "ask_location": lambda: office.request_location(to=to, text=wanted["text"]),
        "buttons": lambda: office.send_text(
            to=to,
            text=wanted["text"],
            buttons=[types.Button(title=title, callback_data=key) for key, title in wanted["buttons"]],
        ),
        "read": lambda: office.mark_message_as_read(message_id=wanted["id"]),
        "typing": lambda: office.indicate_typing(message_id=wanted["id"]),
    }
    try:
        answer = ways[wanted["kind"]]()
    except Exception as error:  # noqa: BLE001 - the test asks which error it was
        return {"error": type(error).__name__, "words": str(error)}
    return {"id": getattr(answer, "id", None)}


uvicorn.run(app, host="127.0.0.1", port=PORT, log_level="warning")
