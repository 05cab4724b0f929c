/**
 * Shaders of the unit layer. Positions are relative to an origin near the screen (float32 would
 * jitter by metres in world coordinates); the vertex shader glides from the last to the next fix.
 * Shapes by kind of work: 0 disc (free), 1 ring (offered), 2 arrow head (on its way),
 * 3 square (at the scene), 4 small hollow disc (cannot be sent).
 */

/** Floats per unit: from x y, to x y, start, glide, heading, shape, r g b a, ring. */
export const FLOATS = 13;

export const VERTEX = `#version 300 es
precision highp float;
uniform mat4 u_matrix;
uniform float u_now;
uniform float u_size;
in vec2 a_from;
in vec2 a_to;
in vec2 a_time;
in vec2 a_look;
in vec4 a_colour;
in float a_ring;
out vec4 v_colour;
out float v_heading;
flat out int v_shape;
flat out int v_ring;
void main() {
  float share = a_time.y <= 0.0 ? 1.0 : clamp((u_now - a_time.x) / a_time.y, 0.0, 1.0);
  gl_Position = u_matrix * vec4(mix(a_from, a_to, share), 0.0, 1.0);
  gl_PointSize = u_size * (a_ring > 0.5 ? 1.75 : 1.0);
  v_colour = a_colour;
  v_heading = a_look.x;
  v_shape = int(a_look.y + 0.5);
  v_ring = int(a_ring + 0.5);
}`;

export const FRAGMENT = `#version 300 es
precision highp float;
uniform vec4 u_outline;
uniform vec4 u_selected;
uniform vec4 u_emergency;
uniform float u_pulse;
in vec4 v_colour;
in float v_heading;
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
  bool heading = v_heading >= 0.0;
  float turn = heading ? radians(v_heading) : 0.0;
  vec2 q = vec2(p.x * cos(turn) - p.y * sin(turn), p.x * sin(turn) + p.y * cos(turn));
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
