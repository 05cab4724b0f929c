/** An emergency that is clear enough is offered before anybody has read it. */
import { Citizen } from '../citizen.mjs';
import { SUNGGAL } from '../places.mjs';

const EMERGENCY = 'Tolong pak kebakaran rumah, api besar ada orang terjebak di dalam';

export default {
  'an emergency is offered by itself; who refuses says why, and the next unit is asked': async (
    stage,
  ) => {
    const citizen = new Citizen(stage.server);
    const first = await stage.crew('Patko-Sunggal-1');
    const second = await stage.crew('Raimas-03');
    const operator = await stage.operator();
    await citizen.reports(EMERGENCY, SUNGGAL);
    await first.stage('offer');
    await first.sees('tablet-priority', 'P1');
    await stage.shows(first, 'offer');
    await first.refuses('vehicle');
    await second.stage('offer');
    await operator.by('tab-incidents').click();
    await operator.by('incident-row').first().click();
    await operator.assigned('Patko-Sunggal-1', 'refused');
    await operator.assigned('Raimas-03', 'delivered');
    await operator.sees('timeline-item', 'Kendaraan');
    await stage.shows(operator, 'refused');
    await second.accepts();
    await operator.assigned('Raimas-03', 'accepted');
  },
};
