/**
 * check: members → verdict. Everything is derived again from as little as possible: the proof is verified, the model compiled and
 * run, and what follows from them is made anew and compared byte for byte. What cannot be derived is signed, or listed as not
 * checked. The bundle is hostile until then: nothing in it is trusted, and nothing in it makes the check throw.
 */
import { type AuditSource, type AuditVerdict, auditVerdict, type Finding, memberPaths } from './bundle.ts';
import { attempt, type CheckContext, fail, notChecked, sentenceOf } from './checks/context.ts';
import { checkFloatModel, checkImage, checkPreprocessing, checkVerifiers } from './checks/extras.ts';
import { checkModel } from './checks/model.ts';
import {
  checkContext,
  checkPins,
  checkProof,
  checkSecondOpinion,
  checkSetup,
  checkWeightsCommitment,
} from './checks/proof.ts';
import {
  checkModelSignature,
  checkNamedMembers,
  checkSigner,
  checkStatement,
  checkTerms,
  readStated,
  type Stated,
} from './checks/signature.ts';
import { checkManifest } from './manifest.ts';
import { readEnvironment } from './members/environment.ts';
import { readEvents } from './members/events.ts';
import { memberGroups } from './members/index.ts';
import { readComparison } from './members/quantization.ts';
import { type Judged, sourceOf } from './source.ts';
import { checkIo } from './values.ts';

const rebuildClaim = 'the other members follow from model, key and proof';

/** The value behind a member that must be there. */
function required<T>(context: CheckContext, path: string, read: (bytes: Uint8Array) => T): T {
  const bytes = context.members.get(path);
  if (bytes === undefined) throw new Error(`${path} is missing.`);
  return read(bytes);
}

/** The source that the bundle must have been made from, if it is an honest one. */
function rebuild(context: CheckContext, judged: Judged, { opened, words }: Stated): AuditSource {
  const { members, tools } = context;
  const optional = (path: string): Uint8Array | null => members.get(path) ?? null;
  const preprocessing = optional(memberPaths.preprocessing);
  const given = {
    createdAt: words.createdAt,
    expiresAt: words.expiresAt,
    audience: words.audience,
    environment: required(context, memberPaths.environment, readEnvironment),
    events: required(context, memberPaths.events, readEvents),
    comparison: required(context, memberPaths.quantization, readComparison),
    int8: judged.claims.weights.length > 0 ? null : optional(memberPaths.int8Model),
    float: optional(memberPaths.floatModel),
    weightsCommitment: optional(memberPaths.weightsCommitment),
    keyBytes: required(context, memberPaths.verifyingKey, (bytes) => bytes),
    proofBytes: required(context, memberPaths.proof, (bytes) => bytes),
    preprocessing,
    labels: preprocessing === null ? null : tools.labelsOf(preprocessing),
    image: optional(memberPaths.image),
    signer: opened.signature === null ? null : required(context, memberPaths.signer, tools.signerKeyOf),
  };
  return sourceOf(given, judged);
}

function checkDerived(context: CheckContext, judged: Judged, stated: Stated | null): Finding[] {
  if (stated === null) return [notChecked(rebuildClaim, memberPaths.statement, 'There is no statement to begin from.')];
  const rebuilt = attempt(rebuildClaim, null, () => rebuild(context, judged, stated));
  if (rebuilt.value === undefined) return [rebuilt.finding];
  const source = rebuilt.value;
  const groups = memberGroups.flatMap((group): readonly Finding[] => {
    const claim = 'it follows from the other members';
    const tried = attempt(claim, group.paths[0] ?? null, () => group.check(context.members, source));
    return tried.value ?? [tried.finding];
  });
  return [
    checkStatement(context, source, stated),
    ...checkModelSignature(context, source),
    ...checkIo(context.members, source),
    ...groups,
    ...checkVerifiers(context, source.environment.provenn),
  ];
}

async function findingsOf(context: CheckContext): Promise<Finding[]> {
  const stated = readStated(context);
  const { judged, findings } = checkProof(context);
  const signed = [...checkManifest(context.members), ...checkSigner(context, stated), ...checkTerms(context, stated)];
  const first = [...signed, ...checkNamedMembers(context, stated), ...findings, checkSecondOpinion(context, judged)];
  if (judged === null) {
    const detail = 'Without an accepted proof there is nothing to derive them from.';
    return [...first, notChecked(rebuildClaim, null, detail)];
  }
  const model = await checkModel(context, judged);
  // A model that is not the proven one is not run: it may be anything.
  const derived = auditVerdict(model).ok
    ? checkDerived(context, judged, stated)
    : [notChecked(rebuildClaim, null, 'The model is not the proven one.')];
  return [
    ...first,
    checkSetup(context, judged),
    ...checkPins(context, judged),
    checkContext(context, judged),
    ...model,
    ...checkWeightsCommitment(context, judged),
    ...checkImage(context, judged),
    ...checkPreprocessing(context),
    ...checkFloatModel(context),
    ...derived,
  ];
}

/** The verdict on a bundle, itemised. Never throws for anything in the bundle. */
export async function checkBundle(context: CheckContext): Promise<AuditVerdict> {
  try {
    return auditVerdict(await findingsOf(context));
  } catch (error) {
    return auditVerdict([fail('the bundle can be checked', null, sentenceOf(error))]);
  }
}
