// What people do with kafkajs, against the broker at argv[2], with names that end in argv[3].
// Prints "ok <step>" for each step; the first one that goes wrong ends the script with status 1.
// With a fourth argument, brokers are restarted meanwhile: answers may be lost then, and members be missed only later.
const assert = require('assert');
const { Kafka, CompressionTypes, logLevel } = require('kafkajs');

const [, , broker, suffix, restless] = process.argv;
const topic = `kafkajs-${suffix}`;
const group = `kafkajs-group-${suffix}`;
// A session begins anew with each coordinator: one that is longer than these stay would never end.
const sessionTimeout = restless ? 2000 : 10000;
// It sends no heartbeat while a fetch waits: one that waits for longer than the session lasts costs the membership.
const maxWaitTimeInMs = 500;
const patience = restless ? 90000 : 30000;
const kafka = new Kafka({
  clientId: 'kafkajs-trial',
  brokers: broker.split(','),
  logLevel: logLevel.NOTHING,
  retry: { initialRetryTime: 50, retries: 8 },
});

const step = async (name, body) => {
  try {
    await body();
    console.log(`ok ${name}`);
  } catch (error) {
    console.error(`FAILED: ${name}: ${error.stack}`);
    process.exit(1);
  }
};

const eventually = async (check) => {
  const deadline = Date.now() + 60000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
};

// Some calls go to every broker that it knows, or fail on an error that asks to try again.
const again = (call) => (restless ? eventually(call) : call());

// What is asked for again since its answer was lost fails like this.
const doneIf = (type) => (error) => {
  const all = [error, ...(error.errors || []), ...(error.groups || [])];
  if (!restless || !all.some((one) => one.type === type || (one.error && one.error.type === type))) throw error;
};

// A coordinator that stops may not hear a member leave; it is missed when its session ends.
const emptied = (admin, groupId) =>
  eventually(async () => {
    const described = await admin.describeGroups([groupId]);
    assert.strictEqual(described.groups[0].state, 'Empty');
  });

// Runs a group member until `enough` says so, and returns what it read.
const consume = async (groupId, enough, within = patience) => {
  const consumer = kafka.consumer({ groupId, sessionTimeout, heartbeatInterval: 500, maxWaitTimeInMs });
  const messages = [];
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error(`only ${messages.length} messages came`)), within).unref();
    consumer
      .run({
        eachMessage: async ({ partition, message }) => {
          messages.push({ partition, ...message });
          if (enough(messages)) resolve();
        },
      })
      .catch(reject);
  }).finally(() => consumer.disconnect());
  return messages;
};

(async () => {
  const admin = kafka.admin();
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await admin.connect();
  await producer.connect();

  await step('topic created and described', async () => {
    await admin.createTopics({
      waitForLeaders: true,
      topics: [{ topic, numPartitions: 2, configEntries: [{ name: 'retention.ms', value: '3600000' }] }],
    });
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    assert.strictEqual(topics[0].partitions.length, 2);
  });

  await step('configs described and altered', async () => {
    const { resources } = await admin.describeConfigs({
      resources: [{ type: 2, name: topic, configNames: ['retention.ms'] }],
    });
    assert.strictEqual(resources[0].configEntries[0].configValue, '3600000');
    await admin.alterConfigs({
      resources: [{ type: 2, name: topic, configEntries: [{ name: 'retention.ms', value: '7200000' }] }],
    });
  });

  await step('messages sent with keys, headers and gzip', async () => {
    await producer.send({
      topic,
      messages: [{ key: 'k', value: 'v', partition: 0, headers: { a: '1', b: ['2', '3'] } }],
    });
    await producer.send({
      topic,
      compression: CompressionTypes.GZIP,
      messages: Array.from({ length: 99 }, (_, i) => ({ key: `k${i}`, value: `v${i}`, partition: 1 })),
    });
    await producer.send({ topic, messages: [{ key: 'gone', value: null, partition: 0 }] });
  });

  await step('group reads everything', async () => {
    const messages = await consume(group, (read) => read.length >= 101);
    const first = messages.find((m) => m.partition === 0 && m.offset === '0');
    assert.strictEqual(first.value.toString(), 'v');
    assert.strictEqual(first.headers.a.toString(), '1');
    assert.deepStrictEqual(first.headers.b.map(String), ['2', '3']);
    assert.strictEqual(messages.find((m) => m.partition === 0 && m.offset === '1').value, null);
    assert.strictEqual(messages.filter((m) => m.partition === 1).length, 99);
  });

  await step('group goes on where it stopped', async () => {
    await producer.send({ topic, messages: [{ value: 'later', partition: 1 }] });
    const messages = await consume(group, (read) => read.length >= 1);
    assert.strictEqual(messages[0].value.toString(), 'later');
  });

  await step('offsets fetched, set and reset', async () => {
    const [{ partitions }] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
    assert.strictEqual(partitions.find((p) => p.partition === 1).offset, '100');
    // To set them it joins the group with a session of 30 s. Where its coordinator goes in that moment it may forget what
    // it was to set, or the coordinator never hear it leave: each attempt has a group of its own.
    let attempts = 0;
    await again(async () => {
      const own = `${group}-set-${attempts++}`;
      await admin.setOffsets({ groupId: own, topic, partitions: [{ partition: 1, offset: '98' }] });
      const [set] = await admin.fetchOffsets({ groupId: own, topics: [topic] });
      assert.strictEqual(set.partitions.find((p) => p.partition === 1).offset, '98');
      const ofOne = (messages) => messages.filter((m) => m.partition === 1);
      const messages = await consume(own, (read) => ofOne(read).length >= 2, 15000);
      assert.strictEqual(ofOne(messages)[0].offset, '98');
    });
    const ends = await admin.fetchTopicOffsets(topic);
    assert.strictEqual(ends.find((p) => p.partition === 1).high, '100');
  });

  await step('group described and deleted', async () => {
    const { groups } = await again(() => admin.listGroups());
    assert.ok(groups.some((g) => g.groupId === group));
    await emptied(admin, group);
    await admin.deleteGroups([group]).catch(doneIf('GROUP_ID_NOT_FOUND'));
  });

  await step('two members share the partitions', async () => {
    const shared = `${group}-shared`;
    const assignments = {};
    const members = ['one', 'two'].map((name) => {
      const consumer = kafka.consumer({ groupId: shared, sessionTimeout, heartbeatInterval: 300, maxWaitTimeInMs });
      consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
        assignments[name] = payload.memberAssignment[topic] || [];
      });
      return consumer;
    });
    for (const consumer of members) {
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      await consumer.run({ eachMessage: async () => {} });
    }
    const deadline = Date.now() + patience;
    const shares = () => ['one', 'two'].map((name) => (assignments[name] || []).length);
    while (shares().join() !== '1,1') {
      assert.ok(Date.now() < deadline, `shares are ${shares()}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await Promise.all(members.map((consumer) => consumer.disconnect()));
  });

  await step('records deleted, partitions added, topic deleted', async () => {
    await again(() => admin.deleteTopicRecords({ topic, partitions: [{ partition: 1, offset: '50' }] }));
    const offsets = await admin.fetchTopicOffsets(topic);
    assert.strictEqual(offsets.find((p) => p.partition === 1).low, '50');
    await admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] }).catch(doneIf('INVALID_PARTITIONS'));
    await admin.deleteTopics({ topics: [topic] }).catch(doneIf('UNKNOWN_TOPIC_OR_PARTITION'));
    await eventually(async () => assert.ok(!(await admin.listTopics()).includes(topic)));
  });

  await producer.disconnect();
  await admin.disconnect();
  // An attempt that failed may have left a consumer that tries for ever.
  if (restless) process.exit(0);
})();
