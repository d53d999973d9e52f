// Test: branding and theme, as they are kept and shown, and how pages look from then on; on both databases.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { type Json, type Office, openOffice, payloadError } from './office.ts';

const THEME = {
  borders: {
    button_border_radius: 3,
    button_border_weight: 1,
    buttons_style: 'rounded',
    input_border_radius: 3,
    input_border_weight: 1,
    inputs_style: 'rounded',
    show_widget_shadow: true,
    widget_border_weight: 0,
    widget_corner_radius: 5,
  },
  colors: {
    base_focus_color: '#635dff',
    base_hover_color: '#000000',
    body_text: '#1e212a',
    captcha_widget_theme: 'auto',
    error: '#d03c38',
    header: '#1e212a',
    icons: '#65676e',
    input_background: '#ffffff',
    input_border: '#c9cace',
    input_filled_text: '#000000',
    input_labels_placeholders: '#65676e',
    links_focused_components: '#635dff',
    primary_button: '#635dff',
    primary_button_label: '#ffffff',
    secondary_button_border: '#c9cace',
    secondary_button_label: '#1e212a',
    success: '#13a688',
    widget_background: '#ffffff',
    widget_border: '#c9cace',
  },
  fonts: {
    body_text: { bold: false, size: 87.5 },
    buttons_text: { bold: false, size: 100 },
    font_url: '',
    input_labels: { bold: false, size: 100 },
    links: { bold: true, size: 87.5 },
    links_style: 'normal',
    reference_text_size: 16,
    subtitle: { bold: false, size: 87.5 },
    title: { bold: false, size: 150 },
  },
  page_background: { background_color: '#000000', background_image_url: '', page_layout: 'center' },
  widget: {
    header_text_alignment: 'center',
    logo_height: 52,
    logo_position: 'center',
    logo_url: '',
    social_buttons_layout: 'bottom',
  },
  identifiers: {
    login_display: 'unified',
    otp_autocomplete: true,
    phone_display: { formatting: 'international', masking: 'mask_digits' },
  },
};

describe.each(databasesInFull())('branding on %s', (_name, open) => {
  let office: Office;
  beforeAll(async () => {
    office = await openOffice(await open());
  });
  afterAll(() => office.close());

  const send = async (method: string, path: string, body?: unknown): Promise<[status: number, body: Json]> => {
    const answered = await office.send(method, `/api/v2/branding${path}`, body);
    return [answered.status, answered.body];
  };
  const ask = (path: string) => office.door.app.request(office.tenant.baseUrl + path);
  /** Any page will do: this one needs no login. */
  const page = async () => {
    const answer = await ask('/u/login');
    const text = await answer.text();
    const path = /href="(\/u\/theme-[^"]+)"/.exec(text)?.[1];
    const sheet = path === undefined ? undefined : await ask(path.replaceAll('&amp;', '&'));
    return {
      text,
      policy: answer.headers.get('content-security-policy') ?? '',
      path,
      sheet: (await sheet?.text()) ?? '',
      kept: sheet?.headers.get('cache-control'),
    };
  };

  test('colours, logo and icon are kept, merged and served at once', async () => {
    expect(await send('GET', '')).toEqual([200, {}]);
    expect((await page()).path).toBeUndefined();
    const whole = {
      colors: { primary: '#0059d6', page_background: '#000000' },
      favicon_url: 'https://icons.example/favicon.ico',
      logo_url: 'https://logos.example/v1/logo.png?a=1&b=2',
      font: { url: 'https://fonts.example/font.woff2' },
    };
    expect(await send('PATCH', '', whole)).toEqual([200, whole]);
    expect(await send('GET', '')).toEqual([200, whole]);
    const first = await page();
    expect(first.sheet).toContain('--button:#0059d6');
    expect(first.sheet).toContain('--page:#000000');
    expect(first.kept).toContain('immutable');
    expect(first.text).toContain('<img class="logo" src="https://logos.example/v1/logo.png?a=1&amp;b=2"');
    expect(first.text).toContain('<link rel="icon" href="https://icons.example/favicon.ico">');
    expect(first.policy).toMatch(/img-src 'self' data: https:\/\/logos\.example https:\/\/icons\.example;/);
    expect(`${first.text}${first.policy}`).not.toContain('fonts.example');

    const gradient = { type: 'linear-gradient', start: '#000000', end: '#ffffff', angle_deg: 35 };
    const [, merged] = await send('PATCH', '', { colors: { page_background: gradient }, logo_url: null });
    expect(merged).toEqual({
      colors: { primary: '#0059d6', page_background: gradient },
      favicon_url: whole.favicon_url,
      font: whole.font,
    });
    const second = await page();
    expect(second.sheet).toContain('--page:linear-gradient(35deg,#000000,#ffffff)');
    expect(second.path).not.toBe(first.path);
    expect(second.text).not.toContain('class="logo"');
    // Who kept the page from before gets what holds now, and asks again the next time.
    const late = await ask(first.path ?? '');
    expect([late.status, late.headers.get('cache-control'), await late.text()]).toEqual([
      200,
      'no-store',
      second.sheet,
    ]);

    expect(await send('PATCH', '', { colors: null, font: { url: null }, favicon_url: null })).toEqual([200, {}]);
    expect((await page()).path).toBeUndefined();
  });

  test.each([
    [{ colors: { primary: 'red' } }, "Object didn't pass validation for format html-color: red", 'colors.primary'],
    [
      { colors: { primary: '#fff;}' } },
      "Object didn't pass validation for format html-color: #fff;}",
      'colors.primary',
    ],
    [
      { colors: { page_background: { type: 'radial' } } },
      "Data does not match any schemas from 'oneOf'",
      'colors.page_background',
    ],
    [
      { logo_url: 'javascript:alert(1)' },
      "Object didn't pass validation for format strict-uri: javascript:alert(1)",
      'logo_url',
    ],
    [{ favicon_url: '/x' }, "Object didn't pass validation for format strict-uri: /x", 'favicon_url'],
    [{ colours: {} }, 'Additional properties not allowed: colours', undefined],
    [{ colors: 7 }, 'Expected type object but found type integer', 'colors'],
  ])('refused: %j', async (body, reason, path) => {
    expect(await send('PATCH', '', body)).toEqual([400, payloadError(reason, path)]);
  });

  test('two changes of different colours at once both stay; a rehearsal and the log tell what changes', async () => {
    await Promise.all([
      send('PATCH', '', { colors: { primary: '#0059d6' } }),
      send('PATCH', '', { colors: { page_background: '#000000' } }),
      send('PATCH', '', { font: { url: 'https://fonts.example/font.woff2' } }),
    ]);
    const both = { primary: '#0059d6', page_background: '#000000' };
    expect(await send('GET', '')).toMatchObject([200, { colors: both, font: {} }]);
    const [, played] = await send('PATCH', '?dry_run=true', { colors: { primary: '#112233' } });
    expect(played).toMatchObject({ diff: { colors: { primary: { before: '#0059d6', after: '#112233' } } } });
    await send('PATCH', '', { colors: null, font: null });
    const { body } = await office.send('GET', '/api/v2/logs?per_page=1');
    expect(body).toMatchObject([{ type: 'sapi', details: { before: { colors: both } } }]);
    expect(await send('GET', '')).toEqual([200, {}]);
  });

  test('one theme, kept whole, served at once', async () => {
    const missing = {
      statusCode: 404,
      error: 'Not Found',
      message: 'There was an error retrieving branding settings: invalid theme ID',
      errorCode: 'theme_not_found',
    };
    expect(await send('GET', '/themes/default')).toEqual([404, missing]);
    const [status, made] = await send('POST', '/themes', THEME);
    const themeId = String(made.themeId);
    expect([status, made]).toEqual([200, { ...THEME, themeId: expect.stringMatching(/^[A-Za-z0-9]{32}$/) }]);
    expect((await send('POST', '/themes', THEME))[0]).toBe(409);
    expect(await send('GET', '/themes/default')).toEqual([200, made]);
    expect(await send('GET', `/themes/${themeId}`)).toEqual([200, made]);
    expect((await page()).sheet).toContain('--button:#635dff');

    const colors = { ...THEME.colors, primary_button: '#00ff00' };
    const widget = { ...THEME.widget, logo_position: 'none' };
    const [, changed] = await send('PATCH', `/themes/${themeId}`, { displayName: 'Spring', colors, widget });
    expect(changed).toEqual({ ...THEME, displayName: 'Spring', colors, widget, themeId });
    const after = await page();
    expect(after.sheet).toContain('--button:#00ff00;--on-button:#000000');
    expect(after.text).not.toContain('class="brand"');

    expect((await office.sendAsNeighbour('GET', `/api/v2/branding/themes/${themeId}`)).status).toBe(404);
    expect((await send('DELETE', `/themes/${themeId}`))[0]).toBe(204);
    expect(await send('GET', `/themes/${themeId}`)).toEqual([404, missing]);
    expect(await send('PATCH', `/themes/${themeId}`, {})).toEqual([404, missing]);
    const message = 'There was an error deleting branding settings: invalid theme ID';
    expect(await send('DELETE', `/themes/${themeId}`)).toEqual([404, { ...missing, message }]);
  });

  test.each<[name: string, edit: (theme: Json) => unknown, reason: string | RegExp, path?: string]>([
    ['a section missing', ({ fonts: _without, ...rest }) => rest, 'Missing required property: fonts'],
    [
      'a colour that is none',
      (theme) => ({ ...theme, colors: { ...theme.colors, error: 'red' } }),
      /does not match pattern/,
      'colors.error',
    ],
    [
      'a radius too large',
      (theme) => ({ ...theme, borders: { ...theme.borders, widget_corner_radius: 51 } }),
      /greater than maximum 50/,
      'borders.widget_corner_radius',
    ],
    [
      'an unknown place',
      (theme) => ({ ...theme, widget: { ...theme.widget, logo_position: 'top' } }),
      'No enum match for: "top"',
      'widget.logo_position',
    ],
    ['what nobody knows', (theme) => ({ ...theme, extra: 1 }), 'Additional properties not allowed: extra'],
  ])('a theme is refused: %s', async (_case, edit, reason, path) => {
    const [status, { message }] = await send('POST', '/themes', edit(THEME as unknown as Json));
    expect(status).toBe(400);
    expect(String(message)).toMatch(reason);
    if (path !== undefined) expect(String(message)).toContain(`on property ${path}.`);
  });

  test("an organization's own branding is judged too", async () => {
    const make = (branding: unknown) => office.send('POST', '/api/v2/organizations', { name: 'org-x', branding });
    expect((await make({ colors: { primary: 'url(x)' } })).status).toBe(400);
    expect((await make({ logo_url: 'data:image/png;base64,' })).status).toBe(400);
    expect((await make({ colors: { primary: '#fff', page_background: '#e3e2ff' } })).status).toBe(201);
  });

  test('in a login for an organization its branding wins, on every page of it', async () => {
    const branding = { logo_url: 'https://org.example/logo.svg', colors: { primary: '#aa0044' } };
    const made = await office.send('POST', '/api/v2/organizations', { name: 'org-y', display_name: 'Org Y', branding });
    await send('PATCH', '', { colors: { primary: '#0059d6' }, logo_url: 'https://tenant.example/logo.png' });
    const open = async (organization: string | undefined) => {
      const { html: shown } = await office.door.browser().open(office.door.authorizeUrl({ organization }));
      return shown;
    };
    const theirs = await open(String(made.body.id));
    expect(theirs).toContain('<img class="logo" src="https://org.example/logo.svg" alt="Org Y">');
    const [, path = ''] = /href="(\/u\/theme-[^"]+)"/.exec(theirs) ?? [];
    const sheet = await ask(path);
    expect(await sheet.text()).toContain('--button:#aa0044');
    expect(sheet.headers.get('cache-control')).toContain('immutable');
    expect(await open(undefined)).toContain('https://tenant.example/logo.png');
    await send('PATCH', '', { colors: null, logo_url: null });
  });

  test('scopes', async () => {
    const reader = await office.as('read:branding');
    expect((await reader('GET', '/api/v2/branding')).status).toBe(200);
    for (const [method, path] of [
      ['PATCH', ''],
      ['POST', '/themes'],
      ['PUT', '/templates/universal-login'],
      ['DELETE', '/templates/universal-login'],
      ['DELETE', '/themes/x'],
    ]) {
      expect((await reader(method ?? '', `/api/v2/branding${path}`, {})).status).toBe(403);
    }
  });
});
