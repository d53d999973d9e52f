// Delivery, words of our mails: Korean.
import type { MailTexts } from './mail-text.ts';

export const ko: MailTexts = {
  copy: '버튼이 작동하지 않으면 다음 주소를 여세요:',
  code: {
    subject: '{tenant} 인증 코드',
    intro: '{tenant} 인증 코드입니다:',
    note: '{duration} 동안 유효합니다. 요청하지 않으셨다면 이 메일을 무시하세요.',
  },
  'sign-in': {
    subject: '{tenant} 로그인',
    intro: '{tenant}에 로그인하려면 이 링크를 여세요.',
    button: '로그인',
    note: '링크는 한 번만 쓸 수 있으며 {duration} 동안 유효합니다. 요청하지 않으셨다면 이 메일을 무시하세요.',
  },
  verify: {
    subject: '{tenant} 이메일 주소 확인',
    intro: '{tenant}에서 사용할 이 이메일 주소를 확인해 주세요.',
    button: '주소 확인',
    note: '링크는 한 번만 쓸 수 있으며 {duration} 동안 유효합니다. 계정이 없다면 아무것도 하지 않으셔도 됩니다.',
  },
  reset: {
    subject: '{tenant} 비밀번호 재설정',
    intro: '{tenant} 계정의 새 비밀번호를 정하라는 요청이 있었습니다.',
    button: '새 비밀번호 정하기',
    note: '링크는 한 번만 쓸 수 있으며 {duration} 동안 유효합니다. 요청하지 않으셨다면 아무것도 하지 않으셔도 되며, 비밀번호는 바뀌지 않습니다.',
  },
  unblock: {
    subject: '{tenant} 계정 로그인이 중단되었습니다',
    intro:
      '{tenant} 계정 로그인이 여러 번 연속으로 실패하여 해당 위치에서의 로그인을 중단했습니다. 본인이라면 이 링크로 다시 로그인할 수 있습니다.',
    button: '차단 해제',
    note: '링크는 한 번만 쓸 수 있으며 {duration} 동안 유효합니다. 본인이 아니라면 아무것도 하지 않으셔도 됩니다.',
  },
  enrollment: {
    subject: '{tenant}의 두 번째 로그인 방법 설정',
    intro: '{tenant}에 로그인할 두 번째 방법을 설정해 주세요.',
    button: '설정하기',
    note: '링크는 한 번만 쓸 수 있으며 {duration} 동안 유효합니다.',
  },
  invitation: {
    subject: '{organization} 초대',
    intro: '{inviter} 님이 {tenant}의 {organization}에 초대했습니다.',
    button: '초대 수락',
    note: '링크는 한 번만 쓸 수 있으며 {duration} 동안 유효합니다.',
  },
  welcome: { subject: '{tenant}에 오신 것을 환영합니다', intro: '{tenant} 계정이 준비되었습니다.' },
  stolen: {
    subject: '{tenant} 비밀번호가 안전하지 않습니다',
    intro:
      '{tenant} 계정의 비밀번호가 다른 사이트에서 유출되어 다른 사람이 알고 있을 수 있습니다. 여기와 같은 비밀번호를 쓰는 모든 곳에서 새 비밀번호를 정해 주세요.',
    button: '{tenant} 열기',
  },
  try: { subject: '{tenant} 시험 메일', intro: '{tenant}의 메일이 잘 도착합니다.' },
};
