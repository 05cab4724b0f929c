/**
 * Shaders of the unit layer. Positions are relative to an origin near the screen (float32 would
 * jitter by metres in world coordinates); the vertex shader glides from the last to the next fix.
 * Shapes by kind of work: 0 disc (free), 1 ring (offered), 2 arrow head (on its way),
 * 3 square (at the scene), 4 small hollow disc (cannot be sent).
 */

/** Floats per unit that change with its positions: from x y, to x y, start, glide, heading, time of the fix. */
export const MOTION_FLOATS = 8;
/** Bytes per unit that change with the unit: red, green, blue, shape, ring, and three that fill up. */
export const LOOK_BYTES = 8;

/** A fix fades after a minute and once more after a quarter of an hour, as the server judges it. */
export const VERTEX = `#version 300 es
precision highp float;
uniform mat4 u_matrix;
uniform float u_now;
uniform float u_server;
uniform float u_size;
in vec2 a_from;
in vec2 a_to;
in vec2 a_time;
in vec2 a_state;
in vec3 a_colour;
in vec2 a_look;
out vec4 v_colour;
flat out vec3 v_turn;
flat out int v_shape;
flat out int v_ring;
void main() {
  float share = a_time.y <= 0.0 ? 1.0 : clamp((u_now - a_time.x) / a_time.y, 0.0, 1.0);
  gl_Position = u_matrix * vec4(mix(a_from, a_to, share), 0.0, 1.0);
  float age = u_server - a_state.y;
  v_colour = vec4(a_colour, age > 900.0 ? 0.4 : age > 60.0 ? 0.65 : 1.0);
  float turn = radians(a_state.x);
  v_turn = a_state.x >= 0.0 ? vec3(cos(turn), sin(turn), 1.0) : vec3(1.0, 0.0, 0.0);
  v_shape = int(a_look.x + 0.5);
  v_ring = int(a_look.y + 0.5);
  gl_PointSize = u_size * (v_ring > 0 ? 1.75 : 1.0);
}`;

export const FRAGMENT = `#version 300 es
precision highp float;
uniform vec4 u_outline;
uniform vec4 u_selected;
uniform vec4 u_emergency;
uniform float u_pulse;
in vec4 v_colour;
flat in vec3 v_turn;
flat in int v_shape;
flat in int v_ring;
out vec4 colour;

float sdBox(vec2 p, float r) { vec2 d = abs(p) - r; return max(d.x, d.y); }

float sdArrow(vec2 p) {
  float body = max(abs(p.x) * 0.90 + p.y * 0.48 - 0.36, -p.y - 0.52);
  float notch = length(p - vec2(0.0, -0.70)) - 0.34;
  return max(body, -notch);
}

void main() {
  vec2 p = (gl_PointCoord * 2.0 - 1.0) * vec2(1.0, -1.0);
  float outer = length(p);
  if (v_ring > 0) p *= 1.75;
  float edge = fwidth(p.x) * 1.2;
  bool heading = v_turn.z > 0.5;
  vec2 q = vec2(p.x * v_turn.x - p.y * v_turn.y, p.x * v_turn.y + p.y * v_turn.x);
  float d;
  if (v_shape == 2) d = heading ? sdArrow(q * 0.82) : length(p) - 0.5;
  else if (v_shape == 3) d = sdBox(p, 0.46);
  else if (v_shape == 4) d = abs(length(p) - 0.34) - 0.12;
  else d = length(p) - 0.46;
  if (v_shape != 2 && v_shape != 4 && heading) {
    float nose = max(abs(q.x) * 0.86 + q.y * 0.52 - 0.46, -q.y + 0.05);
    d = min(d, nose);
  }
  float fill = 1.0 - smoothstep(-edge, edge, d);
  float line = 1.0 - smoothstep(-edge, edge, d - 0.13);
  vec4 ink = mix(u_outline, vec4(v_colour.rgb, 1.0), fill);
  if (v_shape == 1) {
    float hole = 1.0 - smoothstep(-edge, edge, length(p) - 0.22);
    ink = mix(ink, u_outline, hole);
  }
  colour = vec4(ink.rgb, 1.0) * line * v_colour.a;
  if (v_ring > 0) {
    float soft = fwidth(outer) * 1.5;
    float radius = v_ring > 1 ? mix(0.66, 0.88, u_pulse) : 0.80;
    float band = v_ring > 1 ? 0.11 : 0.07;
    float ring = 1.0 - smoothstep(-soft, soft, abs(outer - radius) - band);
    vec4 tone = v_ring > 1 ? u_emergency : u_selected;
    colour = mix(colour, vec4(tone.rgb, 1.0), ring);
  }
  if (colour.a < 0.02) discard;
}`;
